/** The field for credentials, which is there when the server wants some. */

import { ServerError } from "./api.js";
import { byId } from "./dom.js";

export interface Credentials {
  hide(): void;
  /** Asks for credentials if the error is about them. */
  askAfter(error: unknown): void;
}

export function setUpCredentials(onGiven: (authorization: string) => void): Credentials {
  const form = byId("credentials", HTMLFormElement);
  const input = byId("authorization", HTMLInputElement);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onGiven(input.value.trim());
  });
  return {
    hide() {
      form.hidden = true;
    },
    askAfter(error) {
      if (!(error instanceof ServerError) || ![401, 403].includes(error.status)) return;
      form.hidden = false;
      input.focus();
    },
  };
}
