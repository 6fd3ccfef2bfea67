import type { texts as source } from '../fr/texts.js';

export const texts: typeof source = {
  foot: 'Legal information',
  names: {
    'legal-notice': 'Legal notice',
    'personal-data': 'Personal data',
    accessibility: 'Accessibility',
    contact: 'Contact us',
    terms: 'Terms of use',
  },
  unwritten: {
    'legal-notice': (house) => `${house} has not published its legal notice yet.`,
    'personal-data': (house) =>
      `${house} has not described yet how to exercise your rights. Here is what PEPS records.`,
    accessibility: (house) => `${house} has not published its accessibility statement yet.`,
    contact: (house) =>
      `For any question, turn to the person of ${house} who invited you. The activation mail bears the name.`,
    terms: (house) => `${house} asks you to accept no particular terms.`,
  },
  ours: {
    'legal-notice': null,
    'personal-data': `# What PEPS records

- Your name, your mail address, the groups you belong to and a hash of your password, never the password itself.
- Every deposit, download, move or deletion: who, when, which document, by which way and from which IP address. It is the proof of handing over.
- The documents, each encrypted with a key of its own. Once they are deleted, the key is destroyed after 24 hours.

# Cookies

PEPS uses necessary cookies only: your session, your language, the order of your lists and the message shown after an act. None follows you, and no page calls another site.`,
    accessibility: `# What PEPS provides

- All pages can be used by keyboard, down to a width of 320 pixels, in light and in dark.
- They work without scripts, except for resuming an upload that was interrupted.
- If something stops you, say so: the page Contact us tells to whom.`,
    contact: null,
    terms: null,
  },
  written: (version) => `Version ${version}, of`,
  accept: 'I accept the ',
  acceptLink: 'terms of use',
  acceptNewWindow: '(new tab)',
  administration: {
    title: 'House texts',
    lead: 'What stands at the foot of every page, and the terms accepted at activation. Every version is kept.',
    name: 'Name of the text',
    state: { fr: 'In French', en: 'In English' },
    unwritten: 'Not written yet',
    writtenOn: (version) => `Version ${version}, of`,
    edit: { fr: 'Write in French', en: 'Write in English' },
    editOne: { fr: (name) => `Write in French: ${name}`, en: (name) => `Write in English: ${name}` },
    editTitle: { fr: (name) => `${name}, in French`, en: (name) => `${name}, in English` },
    editLead: 'Published at once. Leave it empty to withdraw the text.',
    termsLead:
      'Published at once. Whoever activates an account will have to accept these terms; the history tells the version. Leave it empty to ask for nothing.',
    body: 'The text',
    hint: 'An empty line parts paragraphs. “# ” begins a heading, “- ” an item of a list. At most 10,000 characters.',
    submit: 'Publish',
  },
};
