// SPDX-License-Identifier: GPL-2.0-or-later
"use strict";

const POLL_MS = 400;
const TICKET = /(\d{3}-\d{6}-\d)/;
const byId = (id) => document.getElementById(id);

let shown = "";
let known = 0;
let desk = "";

function bubble(message, index) {
	const box = document.createElement("div");
	box.className = "bubble " + (message.mine ? "mine" : "theirs") + (index >= known ? " new" : "");
	// The ticket number stands out; everything else stays plain text.
	message.text.split(TICKET).forEach((piece, index) => {
		if (index % 2) {
			const strong = document.createElement("b");
			strong.textContent = piece;
			box.append(strong);
		} else {
			box.append(piece);
		}
	});
	const foot = document.createElement("small");
	foot.append(new Date(message.time_ms).toLocaleTimeString([], {
		hour: "2-digit", minute: "2-digit", hour12: false,
	}));
	if (message.mine) {
		const tick = document.createElement("span");
		tick.className = "tick" + (message.taken ? " taken" : "");
		tick.textContent = message.taken ? "✓✓" : "✓";
		tick.title = message.taken ? "the box has it" : "in the mobile network";
		foot.append(" ", tick);
	}
	box.append(foot);
	return box;
}

function showMessages(messages) {
	const state = JSON.stringify(messages);
	if (state === shown)
		return;
	shown = state;
	const list = byId("bubbles");
	if (!messages.length) {
		known = 0;
		const hint = document.createElement("p");
		hint.className = "hint";
		hint.textContent = "Nothing here yet. Send a complaint: write it, or take an example below.";
		list.replaceChildren(hint);
		return;
	}
	list.replaceChildren(...messages.map(bubble));
	known = messages.length;
	list.scrollTop = list.scrollHeight;
}

function setSwitch(id, on) {
	const box = byId(id);
	if (!box.disabled)
		box.checked = on;
}

function showState(state) {
	showMessages(state.messages);
	byId("status").textContent = state.status.trim() || "The box doesn’t answer.";
	byId("officer").textContent = state.officer;
	byId("password").textContent = state.password;
	setSwitch("switch-modem", state.modem);
	setSwitch("switch-server", state.server);
	// The same host as this page, so that the desk's cookie is of the same site.
	const address = `http://${location.hostname}:${state.desk_port}/`;
	if (desk !== address + state.server) {
		const before = desk;
		desk = address + state.server;
		byId("desk-link").href = address;
		// Not while the server is off: what stood there stays readable.
		if (state.server || !before)
			byId("desk").src = address;
	}
}

// The desk begins with its login; what comes after that is its list, here kept fresh each second.
let deskPages = 0;
byId("desk").addEventListener("load", () => {
	if (desk && ++deskPages === 2)
		byId("desk").src = byId("desk-link").href + "complaints?refresh=1";
});

function trouble(words) {
	byId("trouble").textContent = words;
	byId("trouble").hidden = !words;
}

async function post(path, body) {
	const answer = await fetch(path, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(body),
	});
	if (!answer.ok)
		throw new Error((await answer.json()).error);
}

async function refresh() {
	try {
		const number = byId("number").value;
		const answer = await fetch("api/state?number=" + encodeURIComponent(number));
		const state = await answer.json();
		if (!answer.ok)
			throw new Error(state.error);
		if (number === byId("number").value)
			showState(state);
		trouble("");
	} catch (error) {
		trouble(error instanceof TypeError ? "The demo has ended." : error.message);
	}
}

async function poll() {
	await refresh();
	setTimeout(poll, POLL_MS);
}

async function send() {
	const text = byId("text").value.trim();
	if (!text)
		return;
	byId("send").disabled = true;
	try {
		await post("api/send", { number: byId("number").value, text });
		byId("text").value = "";
		grow();
		await refresh();
	} catch (error) {
		trouble(error.message);
	} finally {
		byId("send").disabled = false;
		byId("text").focus();
	}
}

function grow() {
	const area = byId("text");
	area.style.height = "auto";
	area.style.height = area.scrollHeight + 2 + "px";
}

function bindSwitch(id, what) {
	byId(id).addEventListener("change", async (event) => {
		const box = event.target;
		box.disabled = true;
		try {
			await post("api/switch", { what, on: box.checked });
		} catch (error) {
			trouble(error.message);
		} finally {
			box.disabled = false;
			refresh();
		}
	});
}

byId("compose").addEventListener("submit", (event) => {
	event.preventDefault();
	send();
});
byId("text").addEventListener("keydown", (event) => {
	if (event.key === "Enter" && !event.shiftKey) {
		event.preventDefault();
		send();
	}
});
byId("text").addEventListener("input", grow);
byId("number").addEventListener("change", () => {
	shown = "";
	known = Infinity; // what another phone already had doesn't arrive now
	refresh();
});
byId("examples").addEventListener("click", (event) => {
	const text = event.target.dataset.text;
	if (!text)
		return;
	byId("text").value = text;
	grow();
	byId("text").focus();
});
bindSwitch("switch-modem", "modem");
bindSwitch("switch-server", "server");
bindSwitch("switch-display", "display");
bindSwitch("switch-printer", "printer");
bindSwitch("switch-paper", "paper");
poll();
