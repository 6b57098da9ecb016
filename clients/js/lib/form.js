import { randomKey } from "./submission.js";

/** The media type and the body of a form of multipart/form-data with a part named `file` for each. */
export function encodeForm(files) {
  const boundary = randomKey();
  const pieces = [];
  for (const [name, content] of Symbol.iterator in files ? files : Object.entries(files)) {
    const disposition = `form-data; name="file"; filename*=UTF-8''${encodeURIComponent(name)}`;
    pieces.push(`--${boundary}\r\nContent-Disposition: ${disposition}\r\n\r\n`, content, "\r\n");
  }
  pieces.push(`--${boundary}--\r\n`);
  return { type: `multipart/form-data; boundary=${boundary}`, body: new Blob(pieces) };
}
