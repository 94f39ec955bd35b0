'use strict';
// The clock of a launched Node program, made to run as fast as the emulator's: `actor-emulator run --speed N`.
// Date, performance.now and every timer change together; process.hrtime and the timeouts of sockets and TLS stay real.

const { syncBuiltinESMExports } = require('node:module');
const timers = require('node:timers');
const promises = require('node:timers/promises');
const { promisify } = require('node:util');
const { performance } = require('node:perf_hooks');

const [REAL, VIRTUAL, RATE] = process.env.ACTOR_EMULATOR_CLOCK.split(',').map(Number);

const RealDate = Date;
const realDateNow = Date.now;
const realPerformanceNow = performance.now.bind(performance);
const began = realPerformanceNow();

function now() {
  return Math.floor(VIRTUAL * 1000 + (realDateNow() - REAL * 1000) * RATE);
}

// A proxy and not a subclass: dates made before, or inside Node, stay instances of what programs call Date.
const VirtualDate = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === VirtualDate ? target : newTarget),
  apply: () => new RealDate(now()).toString(),
});

function shortened(delay) {
  const milliseconds = Number(delay);
  return milliseconds > 0 ? milliseconds / RATE : delay;
}

function scaleDate() {
  RealDate.now = now;
  RealDate.prototype.constructor = VirtualDate;
  globalThis.Date = VirtualDate;
  Object.defineProperty(performance, 'now', {
    configurable: true,
    writable: true,
    value: () => began + (realPerformanceNow() - began) * RATE,
  });
}

function scaleTimers() {
  const wait = promises.setTimeout;
  const tick = promises.setInterval;
  const schedulerWait = promises.scheduler.wait.bind(promises.scheduler);
  promises.setTimeout = (delay, value, options) => wait(shortened(delay), value, options);
  promises.setInterval = (delay, value, options) => tick(shortened(delay), value, options);
  promises.scheduler.wait = (delay, options) => schedulerWait(shortened(delay), options);
  for (const name of ['setTimeout', 'setInterval']) {
    const original = timers[name];
    const scaled = (callback, delay, ...args) => original(callback, shortened(delay), ...args);
    Object.defineProperty(scaled, 'name', { value: name });
    scaled[promisify.custom] = promises[name];
    timers[name] = scaled;
    globalThis[name] = scaled;
  }
}

scaleDate();
scaleTimers();
syncBuiltinESMExports(); // `import { setTimeout } from 'node:timers/promises'` has its own copies
