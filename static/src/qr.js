// Makes QR codes. The build puts the library before this.
const codes = new Map(); // of the latest texts

function code(text) {
  if (!codes.has(text)) {
    if (codes.size > 20) codes.clear();
    codes.set(text, exports.generate(text));
  }
  return codes.get(text);
}

// How many squares the code of a text has on a side, 0 where the text is too long for one.
self.hornbookQR = (text) => {
  try {
    return code(text).size;
  } catch {
    return 0;
  }
};

// Draws the codes of all texts that stand on the page as data-text of an svg: black squares,
// which may be thousands.
self.hornbookCodes = () => {
  for (const svg of document.querySelectorAll("svg[data-text]")) {
    if (svg.drawn === svg.dataset.text && svg.firstChild) continue;
    svg.drawn = svg.dataset.text;
    const made = code(svg.drawn);
    let squares = "";
    for (let y = 0; y < made.size; y++) {
      for (let x = 0; x < made.size; x++) {
        if (made.get(x, y)) squares += `M${x} ${y}h1v1h-1z`;
      }
    }
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", squares);
    svg.replaceChildren(path);
  }
};
