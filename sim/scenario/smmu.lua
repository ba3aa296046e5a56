-- SPDX-License-Identifier: MIT
-- The SMMU for scenarios: its stream table as memory has it, and the commands that
-- it consumes.

local api = _API
local raise, Machine = api.raise, api.Machine

-- The STE of a StreamID by field, in the specification's names; nil: there is none.
function Machine:ste(sid)
	if math.type(sid) ~= "integer" then raise("ste: a StreamID is wanted, not %s", tostring(sid)) end
	return api.sim.ste(sid)
end

-- What the SMMU consumes while fn runs, in order: by field, with name and text. A
-- CMD_CFGI_STE has the STE of just then as `ste`.
function Machine:commands(fn)
	if type(fn) ~= "function" then raise("commands: a function is wanted, not %s", tostring(fn)) end
	api.sim.commands()
	api.sim.watch_commands(true)
	local ok, why = pcall(fn)
	api.sim.watch_commands(false)
	local commands = api.sim.commands()
	if not ok then error(why, 0) end
	return commands
end

local function lines(commands)
	local text = {}
	for _, c in ipairs(commands) do text[#text + 1] = "\n  " .. api.us(c.time) .. "  " .. c.text end
	return #text > 0 and table.concat(text) or " none"
end

local function described(wanted)
	local text = {}
	for _, w in ipairs(wanted) do text[#text + 1] = "\n  " .. api.show(w) end
	return #text > 0 and table.concat(text) or " none"
end

-- These commands and no others, in this order: { { "CMD_TLBI_NH_ASID", ASID = 3 }, ... };
-- fields that are not named may be anything.
function expect.commands(commands, wanted)
	local same = #commands == #wanted
	for i, w in ipairs(wanted) do
		same = same and commands[i].name == w[1] and api.matches(commands[i], w)
	end
	if not same then raise("expected: the commands%s\ncame:%s", described(wanted), lines(commands)) end
end

-- Of the STE, these fields: { Config = 7, S1CDMax = 5 }
function expect.ste(ste, wanted)
	if type(ste) ~= "table" then raise("expected: an STE\ncame: %s", tostring(ste)) end
	for name in pairs(wanted) do
		if ste[name] == nil then raise("expect.ste: an STE has no field \"%s\"", tostring(name)) end
	end
	if not api.matches(ste, wanted) then
		raise("expected: an STE with %s\ncame: %s", api.show(wanted), ste.text)
	end
end
