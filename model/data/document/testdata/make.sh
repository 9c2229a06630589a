#!/bin/sh
# Makes the files of this folder anew, and beside each as .txt what another
# program takes it for: the oracle of the tests. Needs Debian's pandoc,
# libreoffice-writer, chromium, librsvg2-bin, groff, ghostscript, qpdf,
# poppler-utils and fonts-dejavu. Other versions of them make other bytes.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
printf 'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGMQUDBwCEhgKGiYsGDDAQAYHgThzH3ytAAAAABJRU5ErkJggg==' | base64 -d > "$work/dot.png"
cp src/* "$work"

(cd "$work" && pandoc tale.md -o tale.docx && pandoc tale.md -o tale.epub && pandoc tale.md -s -o tale.html &&
  soffice --headless --convert-to odt tale.docx && soffice --headless --convert-to txt:Text:UTF8 tale.docx) > /dev/null
for kind in docx odt epub html txt; do cp "$work/tale.$kind" .; done

for page in columns scripts; do
  chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf="$page.pdf" "src/$page.html" 2> /dev/null
done
printf '<!doctype html><style>@page{size:6cm 6cm}</style><img width=99 src="dot.png">' > "$work/picture.html"
chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf=picture.pdf "$work/picture.html" 2> /dev/null
rsvg-convert -f pdf src/scaled.svg -o scaled.pdf
groff -ms -Tps src/justified.ms | ps2pdf - justified.pdf
qpdf --encrypt secret owner 256 -- justified.pdf locked.pdf
qpdf --encrypt "" owner 256 -- justified.pdf restricted.pdf
for file in columns scripts scaled justified; do pdftotext "$file.pdf" "$file.txt"; done
