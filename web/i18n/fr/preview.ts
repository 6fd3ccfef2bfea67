/** A look at a file on its own page. */
export const preview = {
  title: 'Aperçu',
  show: 'Afficher l’aperçu',
  recorded: 'L’historique note «\u00a0a consulté\u00a0» à l’affichage. Un aperçu ne vaut jamais retrait.',
  ofImage: (name: string) => `Aperçu de ${name}`,
  ofText: (name: string) => `Aperçu de ${name}`,
  beginning: (size: string) => `Début du fichier\u00a0: ${size}`,
  firstRows: (count: number) => `${count} premières lignes`,
  refused: {
    content:
      'Pas d’aperçu\u00a0: le contenu ne correspond pas à ce que son nom annonce. Ne l’ouvrez que si vous savez d’où il vient.',
    pixels:
      'Pas d’aperçu\u00a0: cette image est trop grande pour être affichée ici. Vous pouvez la télécharger.',
  },
};
