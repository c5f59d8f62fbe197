// Who is told by a rule.

import { destinations, KINDS } from '../alert-destinations.js';

export function RuleDestinations({ draft: { destinationIds }, problem, onChange }) {
  const known = destinations.value.value ?? [];

  function toggle(id) {
    const has = destinationIds.includes(id);
    onChange({ destinationIds: has ? destinationIds.filter((other) => other !== id) : [...destinationIds, id] });
  }

  return (
    <fieldset>
      <legend>Tell</legend>
      {known.length === 0 && <p>The page alone: no destination was made yet.</p>}
      <div class="rule-destinations">
        {known.map(({ id, name, kind }) => (
          <label key={id} class="check">
            <input type="checkbox" checked={destinationIds.includes(id)} onChange={() => toggle(id)} />
            <span>
              {name} <span class="per">{KINDS.find((each) => each.id === kind).label}</span>
            </span>
          </label>
        ))}
      </div>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
