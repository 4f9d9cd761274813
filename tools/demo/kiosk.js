// SPDX-License-Identifier: GPL-2.0-or-later
// The kiosk in the lobby: its display dot by dot, its keys, its slip.
"use strict";

// Often while somebody types, so that a letter is there at once.
const LOOK_TYPING_MS = 15;
const LOOK_MS = 100;
const LOOK_HIDDEN_MS = 1000;
const TYPING_MS = 3000;
// HD44780 data sheet: the cursor's block comes and goes every 409.6 ms.
const BLINK_MS = 410;
// Nobody's finger is faster, and contacts bounce.
const HELD_MS = 80;
const GAP_MS = 100;
const KEYS = [
	["1", ".,?!"], ["2", "abc"], ["3", "def"], ["A", "kata"],
	["4", "ghi"], ["5", "jkl"], ["6", "mno"], ["B", "◀"],
	["7", "pqrs"], ["8", "tuv"], ["9", "wxyz"], ["C", "▶"],
	["*", "hapus"], ["0", "spasi"], ["#", "OK"], ["D", "Abc"],
];
const DOT = 3;
const CELL_WIDTH = 6, CELL_HEIGHT = 9, DOT_COLUMNS = 5, DOT_ROWS = 8;
const EDGE = 3; // dots around the cells
const GLASS = {
	lit: { ground: "#a8c83c", dot: "#18240c", rest: "rgba(30, 50, 0, 0.055)" },
	dark: { ground: "#66752f", dot: "#1a220d", rest: "rgba(20, 30, 0, 0.07)" },
	dead: { ground: "#4d5533", dot: "#3f462b", rest: "rgba(20, 30, 0, 0.05)" },
};

let serial = -1;
let screen = null;
let block = true;
let beeps = null;
let slipShown = 0;
let audio = null;

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function glassColours() {
	if (!screen || !screen.powered)
		return GLASS.dead;
	return screen.backlight ? GLASS.lit : GLASS.dark;
}

function sizeCanvas(canvas, columns, rows) {
	const scale = Math.ceil(window.devicePixelRatio || 1);
	const width = (columns * CELL_WIDTH - 1 + 2 * EDGE) * DOT * scale;
	const height = (rows * CELL_HEIGHT - 1 + 2 * EDGE) * DOT * scale;
	if (canvas.width !== width || canvas.height !== height) {
		canvas.width = width;
		canvas.height = height;
	}
	const context = canvas.getContext("2d");
	context.setTransform(scale * DOT, 0, 0, scale * DOT, 0, 0);
	return context;
}

function drawCell(context, colours, cell, row, column, whole) {
	for (let y = 0; y < DOT_ROWS; y++) {
		const bits = whole ? 0x1f : parseInt(cell.slice(2 * y, 2 * y + 2), 16);
		for (let x = 0; x < DOT_COLUMNS; x++) {
			context.fillStyle = (bits >> (DOT_COLUMNS - 1 - x)) & 1 ? colours.dot : colours.rest;
			context.fillRect(EDGE + column * CELL_WIDTH + x, EDGE + row * CELL_HEIGHT + y, 0.88, 0.88);
		}
	}
}

function drawGlass() {
	const columns = screen ? screen.columns : 20;
	const rows = screen ? screen.rows : 4;
	const canvas = byId("lcd");
	const context = sizeCanvas(canvas, columns, rows);
	const colours = glassColours();
	const cursor = screen && screen.cursor;
	context.fillStyle = colours.ground;
	context.fillRect(0, 0, canvas.width, canvas.height);
	for (let row = 0; row < rows; row++) {
		for (let column = 0; column < columns; column++) {
			const here = cursor && cursor.block && block &&
				cursor.row === row && cursor.column === column;
			const cell = screen ? screen.pixels[row][column] : "0000000000000000";
			drawCell(context, colours, cell, row, column, here);
		}
	}
	canvas.setAttribute("aria-label", "display: " + (screen ? screen.text.join(" / ") : "dark"));
}

function beep(buzzer) {
	const sounds = beeps !== null && buzzer.count > beeps && byId("sound").checked;
	beeps = buzzer.count;
	if (!sounds)
		return;
	audio = audio || new AudioContext();
	const tone = audio.createOscillator();
	const volume = audio.createGain();
	tone.type = "square";
	tone.frequency.value = 2300;
	volume.gain.value = 0.04;
	tone.connect(volume).connect(audio.destination);
	tone.start();
	tone.stop(audio.currentTime + Math.min(Math.max(buzzer.last_ms, 20), 400) / 1000);
}

function showSlip(slips) {
	const last = slips[slips.length - 1];
	if (!last || last.number === slipShown)
		return;
	slipShown = last.number;
	const link = byId("slip");
	byId("slip-image").src = "slip/" + last.number;
	byId("slip-image").alt = "paper slip with ticket number " + last.ticket;
	link.href = "slip/" + last.number;
	link.dataset.ticket = last.ticket;
	link.hidden = false;
	byId("no-slip").hidden = true;
	link.classList.remove("new");
	void link.offsetWidth; // so that the paper is fed anew
	link.classList.add("new");
	link.scrollTop = 0;
}

function showKiosk(state) {
	serial = state.serial;
	if (!("slips" in state))
		return;
	screen = state.screen || null;
	drawGlass();
	const lit = Boolean(state.lamp && state.lamp.on);
	byId("lamp").classList.toggle("on", lit);
	byId("lamp").setAttribute("aria-label", "lamp " + (lit ? "on" : "off"));
	for (const key of byId("keypad").children)
		key.classList.toggle("down", Boolean(state.keys) && state.keys.pressed.includes(key.dataset.key));
	if (state.buzzer)
		beep(state.buzzer);
	showSlip(state.slips);
	setSwitch("switch-display", state.display);
	setSwitch("switch-printer", state.printer);
	setSwitch("switch-paper", state.paper);
}

async function lookAtKiosk() {
	try {
		const answer = await fetch("api/kiosk?after=" + serial);
		if (answer.ok)
			showKiosk(await answer.json());
	} catch {
		// That the demo has ended is said by the page's other half.
		serial = -1;
	}
	const typing = held.size || performance.now() - readyAt < TYPING_MS;
	setTimeout(lookAtKiosk, document.hidden ? LOOK_HIDDEN_MS : typing ? LOOK_TYPING_MS : LOOK_MS);
}

// One movement of the finger after the other, whatever way their requests take.
let moves = Promise.resolve();
let readyAt = -TYPING_MS;
const held = new Set();

function move(key, down) {
	if (held.has(key) === down)
		return;
	if (down)
		held.add(key);
	else
		held.delete(key);
	moves = moves.then(async () => {
		await wait(Math.max(readyAt - performance.now(), 0));
		await post("api/key", { key, down });
		readyAt = performance.now() + (down ? HELD_MS : GAP_MS);
	}).catch((error) => trouble(error.message));
}

function letGo() {
	for (const key of [...held])
		move(key, false);
}

function keyOf(event) {
	if (event.ctrlKey || event.altKey || event.metaKey)
		return null;
	if (event.key === "Enter")
		return "#";
	if (event.key === "Backspace")
		return "*";
	return /^[0-9*#a-dA-D]$/.test(event.key) ? event.key.toUpperCase() : null;
}

function makeKeypad() {
	const keypad = byId("keypad");
	for (const [key, letters] of KEYS) {
		const button = document.createElement("button");
		button.type = "button";
		button.tabIndex = -1;
		button.dataset.key = key;
		button.className = /[A-D]/.test(key) ? "letter" : "";
		button.setAttribute("aria-label", "key " + key);
		const big = document.createElement("b");
		big.textContent = key;
		const small = document.createElement("small");
		small.textContent = letters;
		button.append(big, small);
		keypad.append(button);
	}
	keypad.addEventListener("pointerdown", (event) => {
		const button = event.target.closest("button");
		if (!button || event.button > 0)
			return;
		event.preventDefault();
		keypad.focus();
		button.setPointerCapture(event.pointerId);
		move(button.dataset.key, true);
	});
	for (const type of ["pointerup", "pointercancel", "lostpointercapture"])
		keypad.addEventListener(type, (event) => {
			const button = event.target.closest("button");
			if (button)
				move(button.dataset.key, false);
		});
	keypad.addEventListener("keydown", (event) => {
		const key = keyOf(event);
		if (!key)
			return;
		event.preventDefault();
		if (!event.repeat)
			move(key, true);
	});
	keypad.addEventListener("keyup", (event) => {
		const key = keyOf(event);
		if (key)
			move(key, false);
	});
	keypad.addEventListener("blur", letGo);
}

makeKeypad();
window.addEventListener("blur", letGo);
window.addEventListener("pagehide", () => {
	// The last thing a page that goes away can do.
	if (held.size)
		fetch("api/key", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}", keepalive: true });
});
setInterval(() => {
	block = !block;
	if (screen && screen.cursor && screen.cursor.block)
		drawGlass();
}, BLINK_MS);
drawGlass();
lookAtKiosk();
