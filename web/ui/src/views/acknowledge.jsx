// Says that somebody knows of a firing.

import { acknowledge } from '../alert-feed.js';
import { keyLabel } from '../alert-measure.js';
import { RowAction } from './row-action.jsx';

export function Acknowledge({ firing: { id, rule, key } }) {
  const of = [rule.name, keyLabel(rule, key)].filter((part) => part !== null).join(', ');
  return <RowAction label="Acknowledge" name={`Acknowledge ${of}`} onRun={() => acknowledge([id])} />;
}
