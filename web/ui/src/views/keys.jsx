// The Keys page, put together.

import { useEffect } from 'preact/hooks';
import '../styles/dialog.css';
import '../styles/keys.css';
import { closeTask, keys, startKeys, task } from '../keys.js';
import { isAdmin } from '../session.js';
import { AuditLog } from './audit-log.jsx';
import { CreateKey } from './create-key.jsx';
import { Failure } from './failure.jsx';
import { Header } from './header.jsx';
import { KeyTable } from './key-table.jsx';
import { RevokeKey } from './revoke-key.jsx';
import { Skeleton } from './skeleton.jsx';
import { TaskDialog } from './task-dialog.jsx';
import { Waiting } from './waiting.jsx';

const LOST = 'The server could not be reached. What is shown may be out of date. Click to try now.';
const TASKS = {
  create: { title: 'New key', View: CreateKey },
  revoke: { title: 'Revoke a key', View: RevokeKey },
};

export function Keys() {
  return (
    <div class="page">
      <a class="skip" href="#keys">
        Skip to the keys
      </a>
      <Header>{keys.retryAt.value && <Waiting at={keys.retryAt.value} title={LOST} onRetry={() => keys.run()} />}</Header>
      <main id="keys" tabIndex={-1} aria-label="Keys">
        <h1 class="unseen">Keys</h1>
        <div class="scroller">{isAdmin.value ? <Managed /> : <ForAdmins />}</div>
      </main>
      <TaskDialog task={task.value} views={TASKS} onClose={closeTask} />
    </div>
  );
}

function Managed() {
  useEffect(() => {
    const stop = startKeys();
    return () => {
      stop();
      closeTask();
    };
  }, []);
  const known = keys.value.value;
  if (!known) {
    if (keys.problem.value) return <Failure what="The keys" problem={keys.problem.value} onRetry={() => keys.run()} />;
    return <Skeleton what="keys" />;
  }
  return (
    <>
      <KeyTable list={known.apiKeys} />
      <AuditLog entries={known.auditLog} />
    </>
  );
}

function ForAdmins() {
  return (
    <section class="notice">
      <h2>Keys are for admins</h2>
      <p>You have no ADMIN scope here. An admin of this workspace makes and revokes keys, or whoever runs the server:</p>
      <pre>livemeter key create NAME --scope EVENTS_WRITE</pre>
    </section>
  );
}
