// Where the public prices come from: in a line, and loud where something is wrong with it.

import { catalogue } from '../catalogue.js';
import { serverNow } from '../graphql.js';
import { absolute, ago } from '../instant.js';
import { CopyButton } from './copy-button.jsx';

export function CatalogueLine() {
  const known = catalogue.value.value;
  if (!known) return <span class="catalogue" />;
  const { source, version, updatedAt, checkedAt, models } = known;
  return (
    <span class="catalogue" data-testid="catalogue">
      <span class="wide-only" title={`Prices from ${source}, version ${version}`}>
        {shortName(source)} {version}
      </span>
      <span class="wide-only"> · </span>
      {models.toLocaleString('en')} models · <Age verb="updated" at={updatedAt} />
      {checkedAt && (
        <>
          , <Age verb="checked" at={checkedAt} />
        </>
      )}
    </span>
  );
}

function Age({ verb, at }) {
  return (
    <time dateTime={at} title={`${verb} ${absolute(at)}`}>
      {verb} {ago(at, serverNow())}
    </time>
  );
}

/** An address is long: its host will do. */
function shortName(source) {
  return URL.canParse(source) ? new URL(source).hostname : source;
}

const ACCEPT = 'livemeter prices accept';

export function CatalogueProblem() {
  const problem = catalogue.value.value?.problem;
  if (!problem) return null;
  return (
    <section class="alarm" role="alert">
      <h2>The catalogue may be out of date</h2>
      <p>{problem}</p>
      {problem.includes(ACCEPT) ? (
        <p>
          <CopyButton text={ACCEPT} label="Copy the command" /> The prices that are known hold until then.
        </p>
      ) : (
        <p>The prices that are known hold meanwhile, and the server tries again by itself.</p>
      )}
    </section>
  );
}
