/** In place of the `url-parse` that tus-js-client brings for browsers older than ours: what the browser does itself. */
export default URL;
