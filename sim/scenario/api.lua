-- SPDX-License-Identifier: MIT
-- The scenario API, in Lua: what a scenario calls, built on the primitives of the
-- table `sim` (api_*.c). docs/scenario-api.md describes it for its users.

local sim, raw_next = sim, next
_G.sim = nil
_G.next = nil -- the order of next() is not the same in every run; pairs() below is

local PS = { ps = 1, ns = 1000, us = 1000000, ms = 1000000000, s = 1000000000000 }
local LONGEST = 86400 * PS.s
local SETTLE_STEP, SETTLE_LIMIT = 100 * PS.us, 10 * PS.ms

-- The line that it names is made the scenario's by scn_error_handler().
local function raise(fmt, ...)
	error(select("#", ...) > 0 and fmt:format(...) or fmt, 2)
end

-- Keys in an order that depends on the keys alone.
local function sorted_keys(t)
	local keys, rank, unordered = {}, { number = 1, string = 2, boolean = 3 }, 0
	local k = raw_next(t)
	while k ~= nil do
		keys[#keys + 1] = k
		if not rank[type(k)] then unordered = unordered + 1 end
		k = raw_next(t, k)
	end
	if unordered > 1 then raise("pairs: keys that are tables or functions have no order of their own") end
	table.sort(keys, function(a, b)
		local ra, rb = rank[type(a)] or 4, rank[type(b)] or 4
		if ra ~= rb then return ra < rb end
		if ra <= 2 then return a < b end
		return ra == 3 and not a and b
	end)
	return keys
end

function pairs(t)
	local keys, i = sorted_keys(t), 0
	return function()
		i = i + 1
		if keys[i] ~= nil then return keys[i], t[keys[i]] end
	end
end

function print(...)
	local words = table.pack(...)
	for i = 1, words.n do words[i] = tostring(words[i]) end
	sim.print(table.concat(words, "\t"))
end

function random(bound) return sim.random(bound) end

-- "16M" -> 16777216
local SCALE = { [""] = 1, K = 1 << 10, M = 1 << 20, G = 1 << 30, T = 1 << 40 }

local function size_of(v, what)
	if math.type(v) == "integer" and v >= 0 then return v end
	local digits, unit = tostring(v):match("^(%d+)([KMGT]?)$")
	local n = digits and math.tointeger(digits)
	if not n or n > math.maxinteger // SCALE[unit] then
		raise("%s: a size such as 4096, \"64K\" or \"16M\" is wanted, not %s", what, tostring(v))
	end
	return n * SCALE[unit]
end

-- "10ms" -> picoseconds
local function time_of(v)
	local digits, unit = tostring(v):match("^(%d+)%s*(%a+)$")
	if not digits or not PS[unit] then
		raise("a time such as \"10ms\" is wanted (ps ns us ms s), not %s", tostring(v))
	end
	local n = math.tointeger(digits)
	if not n or n > LONGEST // PS[unit] then raise("a time of at most one day is wanted, not %s", tostring(v)) end
	return n * PS[unit]
end

local function us(ps) return ("%.3f us"):format(ps / PS.us) end
local function hex(n) return ("0x%x"):format(n) end

local function check_options(what, options, known)
	if type(options) ~= "table" then raise("%s: a table is wanted, not %s", what, tostring(options)) end
	for k in pairs(options) do
		if not known[k] then
			raise("%s: unknown option \"%s\" (known: %s)", what, tostring(k),
			      table.concat(sorted_keys(known), ", "))
		end
	end
end

local function set(...)
	local s = {}
	for _, k in ipairs { ... } do s[k] = true end
	return s
end

--------------------------------------------------------------------- kernel ---

local ERRNO = { [1] = "EPERM", [2] = "ENOENT", [5] = "EIO", [6] = "ENXIO", [11] = "EAGAIN", [12] = "ENOMEM",
	[13] = "EACCES", [14] = "EFAULT", [16] = "EBUSY", [17] = "EEXIST", [19] = "ENODEV", [21] = "EISDIR", [22] = "EINVAL",
	[28] = "ENOSPC", [34] = "ERANGE", [95] = "EOPNOTSUPP", [110] = "ETIMEDOUT" }

local function errno_name(result) return ERRNO[-result] or tostring(result) end

local Kernel = {}
Kernel.__index = Kernel

-- k:call("op", { buf = "...", cpu = 0 }, numbers ...) -> result, buf
function Kernel:call(op, options, ...)
	options = options or {}
	check_options("call", options, set("buf", "cpu"))
	return sim.call(op, options.cpu or 0, options.buf, ...)
end

-- The same where a negative result is not expected.
local function must(op, options, ...)
	local result, buf = Kernel.call(nil, op, options, ...)
	if result < 0 then raise("%s: %s", op, errno_name(result)) end
	return result, buf
end

-- The kernel log so far; taken or not.
function Kernel:log() return sim.items "log" end

-- What is in use: bytes and objects of each cache, of pages, vmalloc and per-CPU memory.
function Kernel:memory()
	local m = { caches = {} }
	for _, item in ipairs(sim.memory()) do
		local what = { objects = item.objects, bytes = item.bytes }
		if not item.cache then
			m[item.name] = what
		else -- of caches with the same name, the sum
			local sum = m.caches[item.name] or { objects = 0, bytes = 0 }
			m.caches[item.name] = { objects = sum.objects + what.objects, bytes = sum.bytes + what.bytes }
		end
	end
	return m
end

-- Damage (redzones, writes to freed objects) becomes findings now, not at the run's end.
function Kernel:check_memory() sim.memory_check() end

-- From now on: what is allocated and not freed when the run ends is a finding.
function Kernel:leak_check()
	must "memory.settle"
	sim.leak_check()
end

-- An operation that takes longer than this, in simulated time, hangs from now on.
function Kernel:hung_task_timeout(time) sim.hung_timeout(time_of(time)) end

-- k:since(7) or k:since(6, 13): of that version or newer.
function Kernel:since(major, minor)
	local a, b = self.version:match("^(%d+)%.(%d+)")
	a, b = math.tointeger(a), math.tointeger(b)
	return a > major or a == major and b >= (minor or 0)
end

-- Of several names the first that is prepared. `faultline test` reads them, too: they
-- stand here as they are.
function kernel(options)
	check_options("kernel", options, set(1, "series", "cmdline", "guard", "leak_check"))
	local names = options[1] or "6.12"
	if options.series then names = options.series end
	if type(names) ~= "table" then names = { names } end
	if #names == 0 then raise("kernel: a name is wanted, or a list of names") end
	local set_name, version = sim.kernel(names, options.cmdline, options.guard)
	if options.leak_check then sim.leak_check() end
	return setmetatable({ name = set_name, version = version }, Kernel)
end

-------------------------------------------------------------------- machine ---

local Machine, Device, Buffer = {}, {}, {}
Machine.__index, Buffer.__index = Machine, Buffer

-- StreamID and name follow the bus numbers that the kernel gives; nil while there is none.
function Device.__index(dev, key)
	if key == "sid" then return (sim.place(dev.name)) end
	if key == "kernel_name" then return (select(2, sim.place(dev.name))) end
	return Device[key]
end

-- { ril = true, ssidsize = 8 } -> { { "ril", 1 }, { "ssidsize", 8 } }
local function properties(smmu)
	if type(smmu) ~= "table" then raise("machine: smmu = { name = value, ... } is wanted") end
	local list = {}
	for name, value in pairs(smmu) do
		local n = value == true and 1 or value == false and 0 or value
		if type(name) ~= "string" or math.type(n) ~= "integer" or n < 0 or n >= 1 << 32 then
			raise("machine: smmu: %s = %s: a name with true, false or a number is wanted",
			      tostring(name), tostring(value))
		end
		list[#list + 1] = { name, n }
	end
	return list
end

function machine(options)
	check_options("machine", options, set("dts", "cpus", "ram", "smmu", "firmware"))
	local firmware = options.firmware or "devicetree"
	if firmware ~= "devicetree" and firmware ~= "acpi" then
		raise("machine: firmware is \"devicetree\" or \"acpi\", not %s", tostring(firmware))
	end
	local devices = sim.machine { dts = options.dts or "virt-pcie", cpus = options.cpus or 2,
		ram = options.ram and size_of(options.ram, "ram") or 0, smmu = properties(options.smmu or {}),
		acpi = firmware == "acpi" }
	local m = { devices = {} }
	for _, d in ipairs(devices) do m.devices[d.name] = setmetatable(d, Device) end
	return setmetatable(m, Machine)
end

function Machine:device(name)
	local d = self.devices[name]
	if not d then
		raise("there is no device \"%s\" (the machine has: %s)", tostring(name),
		      table.concat(sorted_keys(self.devices), ", "))
	end
	return d
end

-- Simulated RAM by physical address, as strings of bytes.
function Machine:peek(pa, len) return sim.peek(pa, len) end
function Machine:poke(pa, bytes) sim.poke(pa, bytes) end
-- An ACPI table's bytes; and bytes put over it before a kernel reads it. Its checksum
-- is put right, unless the third argument is { checksum = "keep" }.
function Machine:acpi_table(signature) return sim.acpi_table(signature) end

function Machine:acpi_write(signature, offset, bytes, options)
	options = options or {}
	check_options("acpi_write", options, set("checksum"))
	if options.checksum ~= nil and options.checksum ~= "keep" then raise("acpi_write: checksum may be \"keep\"") end
	sim.acpi_write(signature, offset, bytes, options.checksum == "keep")
end

function Machine:stats() return sim.stats() end

-- From the `first`-th time on (counted from now), the named fault happens `count` times.
-- Of the points of memory, only allocations that fit are counted.
function Machine:fault(name, first, count, filter)
	local f = nil
	if filter then
		check_options("fault", filter, set("caller", "except", "size", "min_size", "max_size", "context"))
		local c = filter.context
		if c and c ~= "atomic" and c ~= "sleeping" then raise("fault: context is \"atomic\" or \"sleeping\"") end
		f = { caller = filter.caller, except = filter.except, min = size_of(filter.min_size or filter.size or 0, "fault: size"),
			max = size_of(filter.max_size or filter.size or 0, "fault: size") }
		if c then f.may_sleep = c == "sleeping" end
	end
	sim.fault(name, first, count)
	if not sim.fault_filter(name, f) and filter then raise("fault: %s is no point of memory: it has no filter", name) end
end

-- How often a fault point came by, and how often it happened.
function Machine:fault_count(name)
	local seen, fired = sim.fault_count(name)
	if not seen then raise("there is no fault point \"%s\"", tostring(name)) end
	return seen, fired
end

function wait(time) sim.run(time_of(time)) end
function now() return sim.now() end

------------------------------------------------------- a device's own transfers ---

local TRANSFER = set("ssid", "privileged", "instruction")

local function transfer(dev, desc, options)
	options = options or {}
	check_options("transfer", options, TRANSFER)
	for k, v in pairs(options) do desc[k] = v end
	local r = sim.dma(dev.name, desc)
	r.device, r.op, r.len = dev.name, desc.op, desc.len
	r.first = desc.op == "read" and desc.src or desc.dst or desc.src
	r.ssid = desc.ssid
	return r
end

function Device:read(addr, len, options)
	return transfer(self, { op = "read", src = addr, len = size_of(len, "length") }, options)
end

function Device:write(addr, data, options)
	if type(data) ~= "string" then raise("write: the data is a string, not %s", tostring(data)) end
	return transfer(self, { op = "write", dst = addr, len = #data, data = data }, options)
end

function Device:copy(src, dst, len, options)
	return transfer(self, { op = "copy", src = src, dst = dst, len = size_of(len, "length") }, options)
end

-- A pattern that `seed` alone decides; check() compares with it.
function Device:fill(addr, len, seed, options)
	return transfer(self, { op = "fill", dst = addr, len = size_of(len, "length"), seed = seed }, options)
end

function Device:check(addr, len, seed, options)
	return transfer(self, { op = "check", src = addr, len = size_of(len, "length"), seed = seed }, options)
end

--------------------------------------------- the device's driver and the DMA API ---

local DIRECTION = { both = 0, to_device = 1, from_device = 2 }

function Device:number()
	if not self.kernel_name then raise("%s is not there: the kernel has not numbered its bus, or not enabled it", self.name) end
	return (must("dma.find", { buf = self.kernel_name .. "\0" }))
end

local function buffer(dev, number, out, size)
	local iova, pa = ("<I8I8"):unpack(out)
	return setmetatable({ device = dev, number = number, iova = iova, pa = pa, size = size }, Buffer)
end

-- Fresh pages mapped with dma_map_single(); direction both, to_device or from_device.
function Device:map(size, direction)
	size = size_of(size, "size")
	local dir = DIRECTION[direction or "both"]
	if not dir then raise("map: direction is both, to_device or from_device") end
	local number, out = must("dma.map", { buf = ("\0"):rep(16) }, self:number(), size, dir)
	return buffer(self, number, out, size)
end

-- dma_alloc_coherent()
function Device:alloc(size)
	size = size_of(size, "size")
	local number, out = must("dma.alloc", { buf = ("\0"):rep(16) }, self:number(), size)
	return buffer(self, number, out, size)
end

-- Type of the IOMMU domain that the kernel has the device in.
function Device:domain() return must("dma.domain", nil, self:number()) end
function Device:unbind() must("dma.unbind", { buf = self.kernel_name .. "\0" }) end
function Device:bind() must("dma.bind", { buf = self.kernel_name .. "\0" }) end

-- One descriptor through the driver's ring: it waits for the device's interrupt.
local OPCODE = { read = 1, write = 2, copy = 3, fill = 4, check = 5 }
local CODE = { "OK", "ABORT", "RAZ_WI", "MISMATCH", "INVALID" }

function Device:driver_transfer(desc)
	check_options("driver_transfer", desc, set("op", "src", "dst", "len", "data", "ssid", "vector"))
	local op = OPCODE[desc.op] or raise("driver_transfer: op is read, write, copy, fill or check")
	local ctl = op | (desc.ssid and 1 << 8 or 0) | ((desc.vector or 0) & 31) << 16
	local len = size_of(desc.len, "driver_transfer: len")
	local raw = ("<I4I4i8i8I4I4i8I4I4I8I8"):pack(ctl, desc.ssid or 0, desc.src or 0, desc.dst or 0,
		len, 0, desc.data or 0, 0, 0, 0, 0)
	local result, out = sim.call("dma.run", 0, raw, self:number(), 1)
	if result < 0 then return { code = errno_name(result), op = desc.op, device = self.name, sid = self.sid } end
	local _, _, _, _, _, _, _, status, done, addr, value = ("<I4I4I8I8I4I4I8I4I4I8I8"):unpack(out)
	return { code = CODE[status & 0xff] or "?", done = done, addr = addr, value = value, op = desc.op,
		device = self.name, sid = self.sid, first = desc.src or desc.dst, at = addr, len = len, time = sim.now() }
end

function Buffer:unmap() must("dma.unmap", nil, self.number) end
function Buffer:free() must("dma.free", nil, self.number) end
function Buffer:write(offset, data) must("dma.write", { buf = data }, self.number, offset) end
function Buffer:read(offset, len)
	local _, data = must("dma.read", { buf = ("\0"):rep(len) }, self.number, offset)
	return data
end

--------------------------------------------------------------- expectations ---

expect = {}

local function past(sid)
	local text = sim.history(sid)
	return text == "" and "" or ("\nlast commands and table reads of stream %s:\n%s"):format(hex(sid), text)
end

local function describe(r)
	local who = r.ssid and ("%s, SubstreamID %s"):format(hex(r.sid), hex(r.ssid)) or hex(r.sid)
	local what = ("%s of %s bytes at %s by %s (stream %s)"):format(r.op, tostring(r.len), hex(r.first or 0),
		r.device, who)
	local how = r.code
	if r.code ~= "OK" and r.at then how = how .. " at " .. hex(r.at) end
	if r.event then how = how .. ", " .. r.event end
	if r.code == "MISMATCH" and r.expected then
		how = how .. (", byte 0x%02x where 0x%02x was expected"):format(r.got, r.expected)
	end
	return ("%s: %s, at %s"):format(what, how, us(r.time or sim.now()))
end

local function stale(r)
	if not r.stale then return "" end
	local now = r.fresh_fault and "the tables do not map it" or "the tables lead to " .. hex(r.fresh_pa)
	return ("\nstale mapping: the TLB led %s to %s; %s"):format(hex(r.at), hex(r.pa), now)
end

local function unmet(wanted, r)
	raise("expected: %s\ncame: %s%s%s", wanted, describe(r), stale(r), past(r.sid))
end

local function result(r)
	if type(r) ~= "table" or not r.code then raise("the result of a transfer is wanted, not %s", tostring(r)) end
	return r
end

function expect.ok(r)
	result(r)
	if r.code ~= "OK" then unmet("the transfer succeeds", r) end
	return r
end

function expect.abort(r)
	result(r)
	if r.code ~= "ABORT" then unmet("the transfer is aborted", r) end
	return r
end

function expect.stalled(r)
	result(r)
	if r.code ~= "STALLED" then unmet("the transfer stalls", r) end
	return r
end

-- It went through, by a mapping that is no longer in the tables.
function expect.stale(r)
	result(r)
	if r.code ~= "OK" or not r.stale then unmet("the transfer succeeds by a stale mapping", r) end
	return r
end

-- It went through, and caches and tables agree.
function expect.fresh(r)
	result(r)
	if r.code ~= "OK" or r.stale then unmet("the transfer succeeds by a current mapping", r) end
	return r
end

function expect.data(r, data)
	expect.ok(r)
	if r.data ~= data then
		raise("expected: data %q\ncame: %q, by %s", data, r.data, describe(r))
	end
end

function expect.equal(got, wanted, what)
	if got ~= wanted then
		raise("%s\nexpected: %s\ncame: %s", what or "values differ", tostring(wanted), tostring(got))
	end
end

function expect.error(number, name)
	local came = math.type(number) == "integer" and number < 0 and errno_name(number) or tostring(number)
	if came ~= name then raise("expected: %s\ncame: %s", name, came) end
end

local function show(t)
	local words = {}
	for k, v in pairs(t) do
		words[#words + 1] = k == 1 and v or ("%s = %s"):format(k, math.type(v) == "integer" and hex(v) or tostring(v))
	end
	return table.concat(words, ", ")
end

local function matches(item, wanted)
	for k, v in pairs(wanted) do
		if k ~= 1 and item[k] ~= v then return false end
	end
	return true
end

-- Look for an item until it comes; things that happen take simulated time.
local function find(list, fits)
	local waited = 0
	while true do
		for _, item in ipairs(sim.items(list)) do
			if fits(item) then
				sim.take(list, item.index)
				return item
			end
		end
		if waited >= SETTLE_LIMIT then return nil end
		sim.run(SETTLE_STEP)
		waited = waited + SETTLE_STEP
	end
end

local function came(list)
	local lines = {}
	for _, item in ipairs(sim.items(list)) do lines[#lines + 1] = "  " .. us(item.time) .. "  " .. item.text end
	if #lines == 0 then return " nothing, at " .. us(sim.now()) end
	return "\n" .. table.concat(lines, "\n")
end

local EVENT = set(1, "sid", "ssid", "substream", "s2", "class", "rnw", "pnu", "ind", "ttrnw", "stall", "stag",
	"addr", "ipa", "fetch_addr", "lost")

-- An event record of the SMMU, by name and fields.
function expect.event(wanted)
	check_options("expect.event", wanted, EVENT)
	local item = find("events", function(e)
		return (wanted[1] == nil or e.name == wanted[1]) and matches(e, wanted)
	end)
	if not item then
		raise("expected: event %s\ncame:%s%s", show(wanted), came "events",
		      wanted.sid and past(wanted.sid) or "")
	end
	return item
end

function expect.no_event()
	sim.run(SETTLE_STEP)
	if #sim.items "events" > 0 then raise("expected: no event\ncame:%s", came "events") end
end

-- A line of the kernel log; pattern is Lua's.
function expect.log(pattern)
	local item = find("log", function(l) return l.text:find(pattern) ~= nil end)
	if not item then
		raise("expected: a line of the kernel log that matches \"%s\"\ncame: none, at %s", pattern, us(sim.now()))
	end
	return item.text
end

-- A WARN, an oops, a lockup ... that the scenario wants to see.
function expect.finding(kind)
	local item = find("findings", function(f) return kind == nil or f.kind == kind end)
	if not item then raise("expected: a finding (%s)\ncame:%s", tostring(kind or "any"), came "findings") end
	return item.text
end

-- Of `n` runs of fn, after one that warms up: nothing that each of them leaves behind.
function expect.no_leak(fn, n)
	n = n or 10
	if type(fn) ~= "function" or math.type(n) ~= "integer" or n < 2 then
		raise("expect.no_leak: a function is wanted, and a number of runs, 2 or more")
	end
	fn()
	must "memory.settle"
	sim.memory_mark()
	for _ = 1, n do fn() end
	must "memory.settle"
	local groups = sim.memory_leaks(n)
	if groups > 0 then raise("expected: nothing that each of %d runs leaves behind\ncame:%s", n, came "findings") end
end

local function find_report(channel, fits)
	return find("reports", function(r) return r.kind == channel and fits(r.text) end)
end

-- A report of an exerciser on a channel (kut_report); its bytes.
function expect.report(channel)
	local item = find_report(channel, function() return true end)
	if not item then
		raise("expected: a report on the channel %s\ncame: none, at %s", channel, us(sim.now()))
	end
	return item.text
end

-- What case.lua, nested.lua and the others build on; it is taken away before the scenario runs.
_API = { sim = sim, raise = raise, sorted_keys = sorted_keys, must = must, set = set, check_options = check_options, size_of = size_of,
	hex = hex, us = us, show = show, matches = matches, errno_name = errno_name, find_report = find_report,
	Device = Device, Kernel = Kernel, Machine = Machine, SETTLE_STEP = SETTLE_STEP }
