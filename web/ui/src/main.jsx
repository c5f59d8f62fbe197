// Mounts the page.

import { render } from 'preact';
import { followAddress } from './address.js';
import { Page } from './views/page.jsx';

followAddress();
render(<Page />, document.getElementById('page'));
