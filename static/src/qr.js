// Draws a QR code of a text: its black squares as a path of SVG, and how many it has on a
// side; 0 where the text is too long. The build puts the library before this.
self.hornbookQR = (text) => {
  let code;
  try {
    code = exports.generate(text);
  } catch {
    return { path: "", size: 0 };
  }
  let path = "";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
    }
  }
  return { path, size: code.size };
};
