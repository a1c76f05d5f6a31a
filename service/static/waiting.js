// Someone who is quicker than the page's scripts waits for them: what the browser sends by itself bears no token, is
// refused, and takes what was typed from the screen. This file is small and read before the page is shown.

const NEXT_LOOK = 50; // milliseconds

document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("[hx-post]:not([data-htmx-powered])")) return;
    event.preventDefault();
    const looking = setInterval(() => {
      if (form.isConnected && !form.hasAttribute("data-htmx-powered")) return;
      clearInterval(looking);
      if (form.isConnected) form.requestSubmit(submitter);
    }, NEXT_LOOK);
  },
  true,
);
