// The chart of losses, drawn by uPlot: hornbookChart(element, picture) draws or
// redraws it. A picture is { series, marks, steps, log, words }: a series is
// {name, colour, style, steps, values}, colour being a custom property and style
// "", "dots", "ghost" or "rule"; a mark is a {step, name}; steps are those that
// the axis has at least. It is as wide as its box.
"use strict";

(() => {
  let chart = null;
  let shown = null; // what the chart was made for: element, scale, colours, curves
  let picture = null;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const font = () => `${13 * devicePixelRatio}px system-ui`;
  const height = 240;

  // Digits after the point that tell losses apart that lie so far from each other.
  const digits = (apart) => Math.min(5, Math.max(2, Math.ceil(-Math.log10(apart || 1)) + 1));
  const format = (value, n = 2) => (value == null ? "–" : value.toLocaleString(picture.words.language, { minimumFractionDigits: n, maximumFractionDigits: n, numberingSystem: "latn" }));
  const whole = (value) => value.toLocaleString(picture.words.language, { numberingSystem: "latn" });

  const resized = new ResizeObserver(() => {
    if (chart && shown.element.clientWidth) chart.setSize({ width: shown.element.clientWidth, height });
  });

  function line(s) {
    const ghost = s.style === "ghost", rule = s.style === "rule", dots = s.style === "dots";
    return {
      label: s.name, stroke: colour(s.colour), width: ghost || rule ? 1.5 : 2, alpha: ghost ? 0.6 : 1, spanGaps: true,
      dash: dots ? [6, 3] : rule ? [2, 4] : undefined, points: { show: dots, size: 5 }, value: (_, v) => format(v),
    };
  }

  function options(element, data) {
    const { series, words, log, steps } = picture;
    const axis = { stroke: colour("--faint"), grid: { stroke: colour("--rule"), width: 1 }, ticks: { stroke: colour("--rule") }, font: "13px system-ui", labelSize: 20, labelFont: "13px system-ui" };
    return {
      width: element.clientWidth, height, padding: [20, element.clientWidth < 480 ? 70 : 84, 0, 0],
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: false, range: (_, low, high) => [Math.min(low ?? 0, 0), Math.max(high ?? 1, picture.steps || 1)] }, y: { distr: log ? 3 : 1 } },
      axes: [
        { ...axis, label: words.step, size: 36, values: (_, v) => v.map((x) => (Number.isInteger(x) ? whole(x) : "")) },
        { ...axis, label: words.loss, size: 52, values: (_, v, __, ___, apart) => v.map((x) => (x == null ? "" : format(x, log ? 2 : digits(apart) - 1))) },
      ],
      series: [{ label: words.step, value: (_, v) => (v == null ? "–" : whole(v)) }, ...series.map(line)],
      legend: { show: series.some((s) => s.style !== "rule" && s.style !== "ghost") && data[0].length > 0 },
      hooks: { draw: [(u) => ends(u, picture.series), (u) => marks(u, picture.series, picture.marks)] },
    };
  }

  // ends writes each curve's name at its end, kept apart.
  function ends(u, series) {
    const at = [];
    series.forEach((s, i) => {
      const last = u.data[i + 1].filter((v) => v != null).pop();
      if (last != null) at.push({ name: s.name, colour: colour(s.colour), y: u.valToPos(last, "y", true) });
    });
    at.sort((a, b) => a.y - b.y);
    const apart = 15 * devicePixelRatio;
    for (let i = 1; i < at.length; i++) at[i].y = Math.max(at[i].y, at[i - 1].y + apart);
    const over = at.length ? at.at(-1).y - (u.bbox.top + u.bbox.height) : 0;
    u.ctx.save();
    u.ctx.font = font();
    u.ctx.textAlign = "left";
    u.ctx.textBaseline = "middle";
    for (const end of at) {
      u.ctx.fillStyle = end.colour;
      u.ctx.fillText(end.name, u.bbox.left + u.bbox.width + 6 * devicePixelRatio, end.y - Math.max(0, over));
    }
    u.ctx.restore();
  }

  // marks draws a line through each marked step, named above the chart, and
  // the values of the curves there.
  function marks(u, series, marked) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.font = font();
    for (const { step, name } of marked) {
      const x = u.valToPos(step, "x", true), first = x - bbox.left < bbox.width / 2;
      ctx.strokeStyle = colour("--edge");
      ctx.lineWidth = devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.fillStyle = colour("--ink");
      ctx.textAlign = first ? "left" : "right";
      ctx.textBaseline = "bottom";
      ctx.fillText(name, x, bbox.top - 3 * devicePixelRatio);
      const at = u.data[0].indexOf(step);
      const here = series.map((s, i) => ({ s, v: u.data[i + 1][at], next: u.data[i + 1][at + 1] })).filter(({ v }) => v != null);
      here.sort((a, b) => a.v - b.v);
      let room = Infinity; // above what is written already
      for (const { s, v, next } of here) room = value(u, s, v, next, x, first, room);
    }
    ctx.restore();
  }

  // value puts a dot on a curve and writes its value beside it, away from
  // where the curve goes next, and above the values of lower curves; it is the room
  // that is left above it.
  function value(u, s, v, next, x, first, room) {
    const { ctx } = u, y = u.valToPos(v, "y", true), below = first && next > v;
    ctx.fillStyle = colour(s.colour);
    ctx.beginPath();
    ctx.arc(x, y, 4 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.textBaseline = below ? "top" : "bottom";
    const at = below ? y + 4 * devicePixelRatio : Math.min(y - 3 * devicePixelRatio, room);
    ctx.fillText(format(v), x + (first ? 7 : -7) * devicePixelRatio, at);
    return below ? room : at - 14 * devicePixelRatio;
  }

  // merge brings the curves on one row of steps, as uPlot wants them.
  function merge(series) {
    const steps = [...new Set(series.flatMap((s) => s.steps))].sort((a, b) => a - b);
    const spread = (s) => {
      const by = new Map(s.steps.map((step, i) => [step, s.values[i]]));
      return steps.map((step) => (by.has(step) ? by.get(step) : null));
    };
    return [steps, ...series.map(spread)];
  }

  // hornbookPicture gives the chart as a picture, on paper.
  window.hornbookPicture = (take) => {
    const from = chart.ctx.canvas, to = Object.assign(document.createElement("canvas"), { width: from.width, height: from.height });
    const pen = to.getContext("2d");
    pen.fillStyle = colour("--paper");
    pen.fillRect(0, 0, to.width, to.height);
    pen.drawImage(from, 0, 0);
    to.toBlob(take);
  };

  window.hornbookChart = (element, now) => {
    picture = now;
    const data = merge(now.series);
    const look = [now.log, now.words.language, now.words.loss, colour("--ink"), data[0].length > 0, ...now.series.map((s) => s.name + s.style)].join();
    if (chart && shown.element === element && shown.look === look) {
      chart.setData(data);
      return;
    }
    if (chart) {
      chart.destroy();
      resized.disconnect();
    }
    shown = { element, look };
    chart = new uPlot(options(element, data), data, element);
    resized.observe(element);
  };
})();
