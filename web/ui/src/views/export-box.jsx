// What of a table can be taken away.

import { useState } from 'preact/hooks';
import { grouped } from '../amount.js';
import { download } from '../csv.js';
import { checkFile, fileAddress, FORMATS } from '../events-file.js';
import { heed, viewer } from '../session.js';

export function ExportBox({ what, rows, read, onTable }) {
  return (
    <div class="export-box" role="group" aria-label={`Export ${what}`}>
      <Table rows={rows} onTable={onTable} />
      <Events read={read} />
    </div>
  );
}

function Table({ rows, onTable }) {
  return (
    <section>
      <h3>This table</h3>
      <p class="export-what">{rows}, as shown</p>
      <p class="export-files">
        <button type="button" onClick={onTable} aria-label="This table as CSV">
          CSV
        </button>
      </p>
    </section>
  );
}

function Events({ read }) {
  const [problem, setProblem] = useState(null);
  const { events } = read.totals;
  const title = `The events (${grouped(events)})`;
  return (
    <section>
      <h3>{title}</h3>
      <p class="export-what">{events === '0' ? 'None in this range' : 'A row for each event of this range and filter'}</p>
      {events !== '0' && (
        <p class="export-files">
          {FORMATS.map(({ format, label }) => (
            <a
              key={format}
              class="button"
              href={fileAddress(read, format, viewer.value.workspace.id)}
              download
              aria-label={`${title} as ${label}`}
              onClick={(event) => take(event, setProblem)}
            >
              {label}
            </a>
          ))}
        </p>
      )}
      {problem && (
        <p class="problem" role="alert">
          {problem.message}
        </p>
      )}
    </section>
  );
}

async function take(event, tell) {
  event.preventDefault();
  const { href } = event.currentTarget;
  tell(null);
  try {
    await checkFile(href);
    download(href);
  } catch (problem) {
    if (!heed(problem)) tell(problem);
  }
}
