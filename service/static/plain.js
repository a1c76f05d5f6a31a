// A page without forms of its own.

import { wireRequests } from "./requests.js";

wireRequests();
