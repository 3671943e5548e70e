// A map of a collection that can be moved: tiles of this server over its own coastline, a slider of
// times, lists of variables and levels, and the value at a click. No other server is asked.
"use strict";
(() => {
  const SIZE = 256, DEEPEST = 9, KEPT = 400, DAY = 86400000;
  const figure = document.getElementById("viewer");
  const base = figure.dataset.base;
  const turn = (x) => ((x % 1) + 1) % 1;
  const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
  const toX = (longitude) => (longitude + 180) / 360;
  const toY = (latitude) => {
    const sine = Math.sin((clamp(latitude, -85.05, 85.05) * Math.PI) / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  };
  const toLatitude = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  const made = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // Times: "R<n>/<start>/<step>" of regular steps, a list, or the days of soundings and nothing, the last ones.
  const seconds = (text) => {
    const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
    if (!found) return 0;
    const [days, hours, minutes, rest] = found.slice(1).map((part) => Number(part ?? 0));
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest;
  };
  const written = (time) => new Date(time).toISOString().replace(".000Z", "Z");
  const timesOf = (collection) => {
    const temporal = collection.extent.temporal;
    if (!temporal) return [];
    if (collection.itemType === "feature") {
      const [first, last] = temporal.interval[0].map((end) => Math.floor(Date.parse(end) / DAY));
      const days = Array.from({ length: last - first + 1 }, (_, i) => written((first + i) * DAY).slice(0, 10));
      return [...days, ""];
    }
    const values = temporal.values ?? [];
    const found = /^R(\d+)\/([^/]+)\/(P.+)$/.exec(values[0] ?? "");
    if (!found) return values.some((one) => one.includes("/")) ? [] : values;
    const start = Date.parse(found[2]), step = 1000 * seconds(found[3]);
    return step ? Array.from({ length: Number(found[1]) }, (_, i) => written(start + i * step)) : [];
  };

  const canvas = made("canvas", { tabIndex: 0 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Map: arrow keys move it, + and - zoom, 0 shows all, Enter tells the value in the middle");
  const told = made("output", { className: "told" });
  const legend = made("img", { alt: "Legend", className: "legend" });
  const pen = canvas.getContext("2d");
  const view = { x: 0.5, y: 0.5, zoom: 1 };
  const asked = { variable: figure.dataset.variable, time: "", level: "", filter: "" };
  const tiles = new Map();
  let land = [], home = { ...view }, drawing = 0;

  const parameters = () => {
    const found = new URLSearchParams({ variable: asked.variable });
    if (asked.time) found.set("datetime", asked.time);
    if (asked.level) found.set("z", asked.level);
    if (asked.filter) found.set("filter", asked.filter);
    return found;
  };
  const tile = (z, x, y) => {
    const address = `${base}/map/tiles/WebMercatorQuad/${z}/${y}/${x}?f=webp&${parameters()}`;
    let image = tiles.get(address);
    if (!image) {
      image = new Image();
      image.onload = draw;
      image.src = address;
      tiles.set(address, image);
      if (tiles.size > KEPT) tiles.delete(tiles.keys().next().value);
    }
    return image;
  };
  const scale = () => SIZE * 2 ** view.zoom;
  // What is left and above of the canvas, as a part of the world.
  const corner = () => [view.x - canvas.clientWidth / 2 / scale(), view.y - canvas.clientHeight / 2 / scale()];

  const outline = (paint) => {
    const [left, top] = corner(), size = scale();
    for (let k = Math.floor(left); k <= left + canvas.clientWidth / size; k++) {
      pen.beginPath();
      for (const ring of land) {
        ring.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"]((x + k - left) * size, (y - top) * size));
        pen.closePath();
      }
      paint();
    }
  };
  const images = () => {
    const level = clamp(Math.round(view.zoom), 0, DEEPEST), count = 2 ** level;
    const [left, top] = corner(), side = scale() / count;
    const [right, bottom] = [left + canvas.clientWidth / scale(), top + canvas.clientHeight / scale()];
    let waiting = 0;
    for (let y = Math.max(0, Math.floor(top * count)); y < Math.min(count, bottom * count); y++) {
      for (let x = Math.floor(left * count); x < right * count; x++) {
        const image = tile(level, ((x % count) + count) % count, y);
        waiting += image.complete ? 0 : 1;
        if (!image.complete || !image.naturalWidth) continue;
        pen.imageSmoothingEnabled = view.zoom < DEEPEST;
        pen.drawImage(image, (x - left * count) * side, (y - top * count) * side, side + 0.5, side + 0.5);
      }
    }
    return waiting;
  };
  const paint = () => {
    drawing = 0;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = "#dfe7ea";
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = "#f6f4ee";
    outline(() => pen.fill());
    figure.dataset.waiting = images();
    pen.strokeStyle = "#33444d";
    pen.lineWidth = 0.8;
    outline(() => pen.stroke());
  };
  const draw = () => { drawing ||= requestAnimationFrame(paint); };

  const settle = () => {
    view.zoom = clamp(view.zoom, 0, DEEPEST + 2);
    view.x = turn(view.x);
    view.y = clamp(view.y, 0, 1);
    draw();
  };
  const move = (dx, dy) => { view.x += dx / scale(); view.y += dy / scale(); settle(); };
  const zoom = (by, px = canvas.clientWidth / 2, py = canvas.clientHeight / 2) => {
    const [dx, dy] = [px - canvas.clientWidth / 2, py - canvas.clientHeight / 2];
    const before = scale();
    view.zoom = clamp(view.zoom + by, 0, DEEPEST + 2);
    view.x += dx / before - dx / scale();
    view.y += dy / before - dy / scale();
    settle();
  };
  const fit = ([west, south, east, north]) => {
    const span = (east > west ? east : east + 360) - west;
    const [top, bottom] = [toY(north), toY(south)];
    const wide = canvas.clientWidth / SIZE / (span / 360), high = canvas.clientHeight / SIZE / Math.max(bottom - top, 1e-6);
    // A globe fills the width, so that it is shown once; its north has the land.
    const [most, y] = span > 300 ? [wide, 0.45] : [Math.min(wide, high), (top + bottom) / 2];
    home = { x: turn(toX(west + span / 2)), y, zoom: clamp(Math.log2(most), 0, 7) };
    Object.assign(view, home);
    settle();
  };

  const value = async (px, py) => {
    const [left, top] = corner();
    const longitude = (turn(left + px / scale()) * 360 - 180).toFixed(3);
    const latitude = toLatitude(top + py / scale()).toFixed(3);
    const query = new URLSearchParams({ coords: `POINT(${longitude} ${latitude})`, "parameter-name": asked.variable });
    if (asked.level) query.set("z", asked.level);
    if (asked.filter) query.set("filter", asked.filter);
    // A click meets soundings within a few pixels, and the cell of a grid.
    const kind = figure.dataset.soundings ? "radius" : "position";
    if (kind === "radius") {
      const reach = (6 * 40075 * Math.cos((latitude * Math.PI) / 180)) / scale();
      for (const pair of Object.entries({ within: reach.toPrecision(3), "within-units": "km" })) query.set(...pair);
    }
    const series = made("a", { href: `${base}/${kind}?${query}&f=CSV`, textContent: "all times as CSV" });
    told.replaceChildren(`${longitude}°, ${latitude}°: …`);
    const time = asked.time || figure.dataset.last;
    if (time) query.set("datetime", time);
    let text = "nothing there";
    try {
      const answer = await fetch(`${base}/${kind}?${query}&f=CoverageJSON`);
      if (answer.status === 200) {
        const found = await answer.json(), one = found.coverages?.[0] ?? found;
        const number = one.ranges?.[asked.variable]?.values?.[0];
        const unit = (found.parameters ?? one.parameters)?.[asked.variable]?.unit?.label?.en ?? "";
        if (number !== null && number !== undefined) text = `${Number(number.toPrecision(7))} ${unit}`;
      }
    } catch {
      text = "the server does not answer";
    }
    told.replaceChildren(`${longitude}°, ${latitude}°: ${text} · `, series);
  };

  // One finger or the mouse drags, two fingers zoom, a click that does not move asks.
  const fingers = new Map();
  let moved = 0;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const apart = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    if (fingers.size === 1) moved = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = place(event), old = fingers.size === 2 ? apart() : 0;
    fingers.set(event.pointerId, now);
    moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (old) zoom(Math.log2(apart() / old), now[0], now[1]);
    else move(before[0] - now[0], before[1] - now[1]);
  });
  const lifted = (event) => {
    const still = fingers.delete(event.pointerId) && !fingers.size && moved < 4;
    if (still && event.type === "pointerup") value(...place(event));
  };
  canvas.addEventListener("pointerup", lifted);
  canvas.addEventListener("pointercancel", lifted);
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== canvas) return;  // a page is scrolled, not trapped
    event.preventDefault();
    zoom(clamp(-event.deltaY / 200, -1, 1), ...place(event));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const keys = {
      ArrowLeft: () => move(-60, 0), ArrowRight: () => move(60, 0), ArrowUp: () => move(0, -60), ArrowDown: () => move(0, 60),
      "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(-0.5), 0: () => { Object.assign(view, home); settle(); },
      Enter: () => value(canvas.clientWidth / 2, canvas.clientHeight / 2),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  const labelled = (text, control) => made("label", {}, made("span", { textContent: text }), control);
  const list = (text, values, chosen, name) => {
    const select = made("select", {}, ...values.map((one) => new Option(one, one, one === chosen, one === chosen)));
    select.addEventListener("change", () => { asked[name] = select.value; renew(); });
    return labelled(text, select);
  };
  const good = () => {
    const box = made("input", { type: "checkbox" });
    box.addEventListener("change", () => { asked.filter = box.checked ? "quality_flag = 0" : ""; renew(); });
    return labelled("Good ones only 仅质量合格", box);
  };
  const renew = () => {
    const style = new URLSearchParams({ variable: asked.variable, width: "480" });
    legend.src = `${base}/legend?${style}`;
    told.replaceChildren();
    draw();
  };
  const slider = (times) => {
    const range = made("input", { type: "range", min: 0, max: times.length - 1, value: times.length - 1 });
    const text = (time) => time || "last days 最近";
    const shown = made("output", { textContent: text(times.at(-1)) });
    const play = made("button", { type: "button", textContent: "▶", ariaLabel: "Play" });
    let soon = 0, timer = 0;
    const show = () => {
      asked.time = times[range.value];
      shown.textContent = text(asked.time);
      clearTimeout(soon);
      soon = setTimeout(renew, 80);
    };
    range.setAttribute("aria-label", "Time");
    range.addEventListener("input", show);
    const stop = () => { clearInterval(timer); timer = 0; play.textContent = "▶"; play.ariaLabel = "Play"; };
    play.addEventListener("click", () => {
      if (timer) return stop();
      play.textContent = "⏸";
      play.ariaLabel = "Pause";
      timer = setInterval(() => {
        if (Number(figure.dataset.waiting)) return;
        range.value = (Number(range.value) + 1) % times.length;
        show();
      }, 700);
    });
    return made("div", { className: "times" }, play, range, shown);
  };
  const button = (text, name, act) => {
    const found = made("button", { type: "button", textContent: text, ariaLabel: name, title: name });
    found.addEventListener("click", act);
    return found;
  };

  const start = async () => {
    const [described, coast] = await Promise.all(
      [`${base}?f=json`, figure.dataset.coast].map(async (address) => (await fetch(address)).json()),
    );
    land = coast.coordinates.flatMap((polygon) => polygon.map((ring) => ring.map(([x, y]) => [toX(x), toY(y)])));
    const times = timesOf(described), levels = described.extent.vertical?.values ?? [];
    if (described.itemType === "feature") figure.dataset.soundings = "yes";
    else if (times.length) figure.dataset.last = times.at(-1);
    const variables = figure.dataset.variables.split(" ");
    const controls = made("div", { className: "controls" });
    if (variables.length > 1) controls.append(list("Variable 变量", variables, asked.variable, "variable"));
    if (levels.length > 1) controls.append(list("Level 层", levels, levels[0], "level"));
    if (levels.length > 1) asked.level = levels[0];
    if ("quality_flag" in described.parameter_names) controls.append(good());
    const buttons = made("div", { className: "buttons" },
      button("+", "Zoom in", () => zoom(1)), button("−", "Zoom out", () => zoom(-1)),
      button("⌂", "Show all", () => { Object.assign(view, home); settle(); }));
    const stage = made("div", { className: "stage" }, canvas, buttons);
    figure.prepend(...(controls.childElementCount ? [controls] : []), stage, ...(times.length > 1 ? [slider(times)] : []), told, legend);
    figure.classList.add("alive");
    fit(described.extent.spatial.bbox[0]);
    renew();
    new ResizeObserver(draw).observe(canvas);
  };
  start().catch(() => figure.classList.remove("alive"));
})();
