import type { Words } from '../words.js';

export const preview: Words['preview'] = {
  title: 'Preview',
  show: 'Show the preview',
  recorded: 'The history notes “viewed” when it is shown. A preview never counts as a pick-up.',
  ofImage: (name) => `Preview of ${name}`,
  ofText: (name) => `Preview of ${name}`,
  beginning: (size) => `Beginning of the file: ${size}`,
  firstRows: (count) => `first ${count} rows`,
  refused: {
    content:
      'No preview: the content is not what its name announces. Open it only if you know where it comes from.',
    pixels: 'No preview: this image is too large to be shown here. You can download it.',
  },
};
