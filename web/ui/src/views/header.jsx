// The page's head: where one is, whether it is live, and what concerns the whole page.

import { signOut, viewer } from '../session.js';
import { helpOpen } from '../shortcuts.js';
import { theme, toggleTheme } from '../theme.js';
import { Connection } from './connection.jsx';
import { Leave, Mark, Moon, Sun } from './icons.jsx';

export function Header() {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  return (
    <header class="head">
      <a class="brand" href="/">
        <Mark /> <span class="brand-name">Livemeter</span>
      </a>
      <span class="workspace" title="Workspace">
        {viewer.value?.workspace.name}
      </span>
      <nav aria-label="Pages">
        <a href="/activity" aria-current="page">
          Activity
        </a>
      </nav>
      <span class="space" />
      <Connection />
      <button type="button" class="plain keyboard-only" onClick={() => (helpOpen.value = true)} aria-label="Keyboard help" title="Keyboard help (?)">
        ?
      </button>
      <button type="button" class="plain" onClick={toggleTheme} aria-label={`Use the ${next} theme`} title={`Use the ${next} theme`}>
        {theme.value === 'dark' ? <Sun /> : <Moon />}
      </button>
      <button type="button" class="plain" onClick={signOut} aria-label="Sign out" title="Sign out">
        <Leave />
      </button>
    </header>
  );
}
