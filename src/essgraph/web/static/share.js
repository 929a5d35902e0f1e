/* Adds a button that shares the page where the device can, else copies its address; the link beside
   it, to how the page is cited, stays. */
"use strict";
const citing = document.getElementById("share");
if (citing && (navigator.share || navigator.clipboard)) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = citing.dataset.share;
  button.addEventListener("click", async () => {
    const canonical = document.querySelector('link[rel="canonical"]');
    const page = { title: document.title, url: canonical ? canonical.href : location.href };
    if (navigator.share) {
      try {
        await navigator.share(page);
      } catch (error) {
        if (error.name !== "AbortError") throw error; // closed without a choice
      }
      return;
    }
    await navigator.clipboard.writeText(page.url);
    button.textContent = citing.dataset.copied;
    setTimeout(() => { button.textContent = citing.dataset.share; }, 2000);
  });
  item.append(button);
  citing.parentElement.before(item);
}
