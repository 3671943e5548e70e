// Gives every block of code a button that copies it; without script there are none, and nothing is lost.
"use strict";
(() => {
  const put = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Pages of plain HTTP have no clipboard of their own: what is selected is copied.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("not copied");
  };
  for (const block of document.querySelectorAll("main pre")) {
    const frame = document.createElement("div");
    const button = document.createElement("button");
    frame.className = "code";
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy 复制";
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      try {
        await put(block.textContent.trim());
        button.textContent = "Copied 已复制";
      } catch {
        getSelection().selectAllChildren(block);
        button.textContent = "Press Ctrl+C";
      }
      setTimeout(() => { button.textContent = "Copy 复制"; }, 2000);
    });
    block.before(frame);
    frame.append(block, button);
  }
})();
