// Tables as CSV files, by RFC 4180, made and kept in the browser.

/**
 * What a spreadsheet may take for a formula. An apostrophe makes it a text; one that is there already gets
 * another, so that taking one away gives back what was recorded. The server's files have the same.
 */
const FORMULA = /^[=+\-@\t\r\n']/;
/** Semicolons and tabs too: where cells end at them, what comes after one may be a formula. */
const TO_QUOTE = /[",;\t\r\n]/;

/** `text` is what people have written: it must not become a formula. Numbers of ours are left alone. */
export function safe(text) {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** @param {string[][]} rows  the first has the heads */
export function toCsv(rows) {
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

/** Has the browser save it. */
export function save(name, rows) {
  const url = URL.createObjectURL(new Blob([toCsv(rows)], { type: 'text/csv;charset=utf-8' }));
  download(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Without a name the server's own is taken. */
export function download(url, name = '') {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

function quoted(cell) {
  return TO_QUOTE.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
