/** Each field of the page that has `data-suggest`, the address that is asked, suggests entities. */

import "./main.css";
import { attach } from "./combobox.js";

for (const input of document.querySelectorAll("input[data-suggest]")) attach(input);
