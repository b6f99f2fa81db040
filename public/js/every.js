/* every: what all pages need. */
import { localTimes } from './times.js';

localTimes();
