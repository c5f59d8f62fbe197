// Tables as CSV files, by RFC 4180, made and kept in the browser.

/** What a spreadsheet may take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

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
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
