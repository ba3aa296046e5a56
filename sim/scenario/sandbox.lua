-- SPDX-License-Identifier: MIT
-- Lua's own functions that would let the host in, by addresses, clocks or the
-- order of its memory, or that no limit reaches, in a form without that.

local raw_tostring, raw_format, raw_rep, raw_load = tostring, string.format, string.rep, load
local raw_setmetatable, raw_getmetatable = setmetatable, getmetatable
local REFERENCE = { table = true, ["function"] = true, userdata = true, thread = true }

-- "table: 3": numbered in the order in which they are first shown.
local numbers, last_number = raw_setmetatable({}, { __mode = "k" }), 0

function tostring(v)
	if not REFERENCE[type(v)] then return raw_tostring(v) end
	local meta = raw_getmetatable(v)
	if type(meta) == "table" and meta.__tostring then return raw_tostring(v) end
	if not numbers[v] then
		last_number = last_number + 1
		numbers[v] = last_number
	end
	return raw_format("%s: %d", type(v), numbers[v])
end

function string.format(format, ...)
	local args = table.pack(...)
	if type(format) == "string" and format:gsub("%%%%", ""):find "%%[-+ #0-9.]*p" then
		error("format: %p would show an address of the host")
	end
	for i = 1, args.n do
		if REFERENCE[type(args[i])] then args[i] = tostring(args[i]) end
	end
	return raw_format(format, table.unpack(args, 1, args.n))
end

function string.rep(s, n, sep)
	if s == "" and (sep == nil or sep == "") then return "" end
	return raw_rep(s, n, sep)
end

-- Text only: byte code is not checked and could do anything to this process.
function load(chunk, name, _, ...) return raw_load(chunk, name, "t", ...) end
string.dump = nil

-- When garbage is collected depends on the length of paths, among other things.
function setmetatable(t, meta)
	if type(meta) == "table" and (rawget(meta, "__gc") ~= nil or rawget(meta, "__mode") ~= nil) then
		error("setmetatable: __gc and __mode would make the run depend on the collection of garbage")
	end
	return raw_setmetatable(t, meta)
end

-- Lua's own sort may take a pivot by the clock. This one merges, and is stable.
local function merge(t, from, low, mid, high, less)
	local i, j = low, mid + 1
	for k = low, high do
		if i <= mid and (j > high or not less(from[j], from[i])) then
			t[k], i = from[i], i + 1
		else
			t[k], j = from[j], j + 1
		end
	end
end

local function sort(t, from, low, high, less)
	if low >= high then return end
	local mid = (low + high) // 2
	sort(from, t, low, mid, less)
	sort(from, t, mid + 1, high, less)
	merge(t, from, low, mid, high, less)
end

function table.sort(t, less)
	local copy, n = {}, #t
	for i = 1, n do copy[i] = t[i] end
	sort(t, copy, 1, n, less or function(a, b) return a < b end)
end
