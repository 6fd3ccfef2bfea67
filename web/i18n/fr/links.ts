import { createPlural } from '../plural.js';

const plural = createPlural('fr-FR');

/** Sign-in and the pages behind the links of mails. */
export const links = {
  signIn: {
    title: 'Connexion',
    headline: ['Vos documents,', 'remis en main propre.'],
    lead: 'Bonjour. Utilisez l’adresse à laquelle vous recevez nos mails.',
    submit: 'Se connecter',
    forgotten: 'Mot de passe oublié\u00a0?',
    firstTitle: 'Première visite\u00a0?',
    first: 'Ouvrez le lien du mail «\u00a0Activez votre compte\u00a0». Pensez aux indésirables.',
    refusedTitle: 'Cette adresse et ce mot de passe ne vont pas ensemble.',
    refused: 'Vérifiez les majuscules, ou demandez un nouveau mot de passe.',
    throttledTitle: 'Trop d’essais de suite.',
    throttled: (minutes: string) => `Réessayez dans ${minutes}. Votre mot de passe reste le même.`,
  },
  minutes: (count: number) => plural(count, 'minute', 'minutes'),
  forgotten: {
    title: 'Mot de passe oublié',
    headline: ['Un oubli,', 'cela arrive.'],
    lead: 'Indiquez votre adresse\u00a0: un lien valable une heure y sera envoyé.',
    submit: 'Recevoir un lien',
    sentTitle: 'Regardez vos mails',
    sent: 'Si cette adresse a un compte actif, un lien vient de partir. Il est valable une heure et ne sert qu’une fois. Pensez aux indésirables.',
    back: 'Revenir à la connexion',
  },
  reset: {
    title: 'Nouveau mot de passe',
    headline: ['Une nouvelle clé,', 'l’ancienne ne sert plus.'],
    lead: (firstName: string) => `Bonjour ${firstName}. Choisissez un nouveau mot de passe.`,
    submit: 'Enregistrer',
    again: 'Demander un nouveau lien',
  },
  activation: {
    title: 'Finalisation d’inscription',
    headline: ['Plus qu’un mot de', 'passe, et c’est ouvert.'],
    lead: (firstName: string) =>
      `Bienvenue ${firstName}. Choisissez un mot de passe pour ouvrir votre compte.`,
    submit: 'Valider',
    again: 'Recevoir un nouveau lien',
    againNote: 'Il part vers l’adresse à laquelle cette invitation a été envoyée.',
    sentTitle: 'Regardez vos mails',
    sent: 'Si votre compte attend encore son mot de passe, un nouveau lien vient de partir. Pensez aux indésirables.',
  },
  setUp: {
    title: 'Mise en service',
    headline: ['La maison est prête.', 'Ouvrez-la.'],
    lead: 'Ce lien ne sert qu’une fois. Il crée le premier compte d’administration.',
    submit: 'Mettre en service',
  },
  used: {
    title: 'Ce lien a déjà servi',
    activation: 'Votre compte est ouvert. Connectez-vous avec le mot de passe que vous avez choisi.',
    reset: 'Votre nouveau mot de passe est enregistré. Connectez-vous avec lui.',
  },
  expired: {
    title: 'Ce lien n’est plus valable',
    activation:
      'Sa date est passée. Votre invitation n’est pas perdue\u00a0: demandez un nouveau lien, il arrive par mail.',
    reset: 'Il n’était valable qu’une heure. Demandez-en un nouveau, il arrive par mail.',
    setUp: 'Il n’était valable qu’une heure. Redémarrez PEPS\u00a0: la console en affiche un nouveau.',
  },
  unknown: {
    title: 'Ce lien n’est pas complet',
    text: 'Ouvrez-le de nouveau depuis le mail, en entier. Si un mail plus récent est arrivé, seul son lien compte.',
    setUp:
      'Reprenez le lien affiché sur la console, en entier\u00a0; chaque démarrage en affiche un nouveau.',
  },
};
