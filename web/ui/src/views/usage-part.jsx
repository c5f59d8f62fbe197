// Which part of usage the worklist is of, with the way to all of it.

import { fieldNamed, valueLabel } from '../filter.js';
import { widen } from '../prices-query.js';
import { presetOf } from '../usage-range.js';
import { spanOf } from '../zone.js';

export function UsagePart({ part: { range, zone, filter } }) {
  return (
    <p class="usage-part" data-testid="usage-part">
      Unknown costs are shown of <b>{presetOf(range)?.label ?? spanOf(range.from, range.to, zone)}</b> ({zone})
      {Object.entries(filter).map(([name, values]) => (
        <Values key={name} field={fieldNamed(name)} values={values} />
      ))}
      <button type="button" class="small" onClick={widen}>
        Show that of all usage
      </button>
    </p>
  );
}

function Values({ field, values }) {
  return (
    <>
      {' · '}
      {field.label} <b>{values.map((value) => valueLabel(field, value)).join(' or ')}</b>
    </>
  );
}
