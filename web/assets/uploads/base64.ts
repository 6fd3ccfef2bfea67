/** In place of the `js-base64` that tus-js-client brings: the browser's own, over UTF-8. */
export const Base64 = {
  encode: (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text))),
};
