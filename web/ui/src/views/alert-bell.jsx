// On every page: how many alerts are open, and what goes on.

import { useEffect } from 'preact/hooks';
import '../styles/alert-bell.css';
import { announcement, followAlerts, openCount } from '../alert-feed.js';
import { usePopover } from '../popover.js';
import { Bell } from './icons.jsx';
import { Lazy, loadAlertPanel } from './lazy.jsx';

const MOST = 99;

export function AlertBell() {
  const { isOpen, setOpen, element, button, onKeyDown } = usePopover();
  useEffect(followAlerts, []);
  const count = openCount.value;
  const label = wordsOf(count);
  return (
    <span ref={element} onKeyDown={onKeyDown}>
      <button ref={button} type="button" class="plain" aria-label={label} title={label} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Bell />
        {count > 0 && (
          <span class="badge" data-testid="alert-badge">
            {count > MOST ? `${MOST}+` : count}
          </span>
        )}
      </button>
      <span class="unseen" role="status">
        {announcement.value}
      </span>
      {isOpen && <Lazy load={loadAlertPanel} onClose={() => setOpen(false)} />}
    </span>
  );
}

function wordsOf(count) {
  if (count === null) return 'Alerts';
  if (count === 0) return 'No open alerts';
  return `${count} open ${count === 1 ? 'alert' : 'alerts'}`;
}
