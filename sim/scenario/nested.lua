-- SPDX-License-Identifier: MIT
-- Nested translation for scenarios: the host side through the series
-- 6.12-smmuv3-nested, or the one of 2020, which have the same structures; and a
-- guest that keeps its own context descriptors and stage-1 tables in its memory,
-- written here as a guest's driver would.

local api = _API
local must, raise, hex = api.must, api.raise, api.hex

local Guest = {}
Guest.__index = Guest

local PAGE, TABLE_ENTRIES = 4096, 512
local CD_SIZE = 64

---------------------------------------------------------------- guest memory ---

-- Physical address behind an IPA of the guest's RAM.
function Guest:pa(ipa)
	for _, r in ipairs(self.ram) do
		if ipa >= r.ipa and ipa < r.ipa + r.size then return r.pa + (ipa - r.ipa) end
	end
	raise("%s is not in the guest's memory", hex(ipa))
end

-- Pieces of [ipa, ipa + len) that lie in one page each: fn(ipa, offset, length)
local function pieces(ipa, len, fn)
	local done = 0
	while done < len do
		local n = math.min(len - done, PAGE - (ipa + done) % PAGE)
		fn(ipa + done, done, n)
		done = done + n
	end
end

function Guest:peek(ipa, len)
	local parts = {}
	pieces(ipa, len, function(at, _, n) parts[#parts + 1] = api.sim.peek(self:pa(at), n) end)
	return table.concat(parts)
end

function Guest:poke(ipa, bytes)
	pieces(ipa, #bytes, function(at, offset, n) api.sim.poke(self:pa(at), bytes:sub(offset + 1, offset + n)) end)
end

local function peek64(guest, ipa) return (("<I8"):unpack(guest:peek(ipa, 8))) end
local function poke64(guest, ipa, value) guest:poke(ipa, ("<i8"):pack(value)) end

-- A block of the guest's memory for its own tables, from the end of its first region.
local function alloc(guest, size)
	guest.pool = (guest.pool - size) & -math.max(size, PAGE)
	if guest.pool < guest.first then raise("the guest's first region is too small for its tables") end
	guest:poke(guest.pool, ("\0"):rep(size))
	return guest.pool
end

--------------------------------------------------- stage 1: DDI 0487 D8.3, 4 KiB ---

local DESC_TABLE, DESC_PAGE = 3, 3 -- bits [1:0]
local AF, NG, INNER_SHAREABLE = 1 << 10, 1 << 11, 3 << 8
local AP_UNPRIV, AP_READ_ONLY = 1 << 6, 1 << 7
local PXN, UXN = 1 << 53, 1 << 54
local ADDRESS = 0x0000fffffffff000

-- "r" read, "w" write, "x" instruction fetch, "p" privileged accesses only
local function page_bits(perms)
	if perms:find "[^rwxp]" or not perms:find "r" then
		raise("permissions are r, with w, x and p (privileged only) as wanted; not \"%s\"", perms)
	end
	local bits = DESC_PAGE | AF | NG | INNER_SHAREABLE
	if not perms:find "w" then bits = bits | AP_READ_ONLY end
	if not perms:find "p" then bits = bits | AP_UNPRIV end
	if not perms:find "x" then bits = bits | PXN | UXN end
	return bits
end

-- IPA of the level-3 descriptor of va; missing tables are made.
local function descriptor(guest, space, va)
	local tbl = space.ttb
	for level = 0, 2 do
		local at = tbl + ((va >> (39 - 9 * level)) & (TABLE_ENTRIES - 1)) * 8
		local entry = peek64(guest, at)
		if entry & 1 == 0 then
			entry = alloc(guest, PAGE) | DESC_TABLE
			poke64(guest, at, entry)
		end
		tbl = entry & ADDRESS
	end
	return tbl + ((va >> 12) & (TABLE_ENTRIES - 1)) * 8
end

local function space_of(guest, options)
	local pasid = options and options.pasid or 0
	local space = guest.spaces[pasid]
	if not space then raise("the guest has no context descriptor for PASID %d", pasid) end
	return space
end

-- Map pages of 4 KiB: va and ipa are multiples of it; size defaults to one page.
-- Nothing is invalidated: that is the guest's own duty (guest:invalidate).
function Guest:map(va, ipa, perms, options)
	options = options or {}
	api.check_options("guest:map", options, api.set("pasid", "size"))
	if va % PAGE ~= 0 or ipa % PAGE ~= 0 then raise("guest:map: addresses are multiples of 4096") end
	local space, bits = space_of(self, options), page_bits(perms or "rw")
	for offset = 0, api.size_of(options.size or PAGE, "size") - 1, PAGE do
		poke64(self, descriptor(self, space, va + offset), (ipa + offset) | bits)
	end
end

function Guest:unmap(va, options)
	poke64(self, descriptor(self, space_of(self, options), va), 0)
end

-- Lead the table of level 1, 2 or 3 on the way to va to another IPA.
function Guest:move_table(va, level, ipa, options)
	local tbl = space_of(self, options).ttb
	for l = 0, level - 2 do
		tbl = peek64(self, tbl + ((va >> (39 - 9 * l)) & (TABLE_ENTRIES - 1)) * 8) & ADDRESS
	end
	poke64(self, tbl + ((va >> (39 - 9 * (level - 1))) & (TABLE_ENTRIES - 1)) * 8, ipa | DESC_TABLE)
end

--------------------------------------- context descriptors: IHI 0070 section 5.4 ---

local CD_T0SZ_48 = 16             -- 5:0
local CD_WB_RA_WA = 1 << 8 | 1 << 10 -- IR0 9:8, OR0 11:10
local CD_SH0_INNER = 3 << 12
local CD_EPD1, CD_V = 1 << 30, 1 << 31
local CD_IPS_48 = 5 << 32
local CD_AA64, CD_R, CD_A, CD_ASET = 1 << 41, 1 << 45, 1 << 46, 1 << 47
local MAIR_NORMAL_WB = 0xff

local function cd_words(ttb, asid)
	local dw0 = CD_T0SZ_48 | CD_WB_RA_WA | CD_SH0_INNER | CD_EPD1 | CD_V | CD_IPS_48 | CD_AA64 | CD_R |
		CD_A | CD_ASET | asid << 48
	return ("<i8i8i8i8i8i8i8i8"):pack(dw0, ttb, 0, MAIR_NORMAL_WB, 0, 0, 0, 0)
end

-- S1Fmt: PASID bits within one table of descriptors; of two levels, L1CDs lead to those.
local SPLIT = { [0] = 20, 6, 10 }
local L1CD_V, L1CD_SIZE = 1, 8

-- IPA of the context descriptor of a PASID; a missing second level is made.
local function cd_at(guest, pasid)
	local split = guest.pasid_bits > 0 and SPLIT[guest.s1fmt] or SPLIT[0]
	if split == SPLIT[0] then return guest.cd_table + pasid * CD_SIZE end
	local l1cd = guest.cd_table + (pasid >> split) * L1CD_SIZE
	if peek64(guest, l1cd) & L1CD_V == 0 then poke64(guest, l1cd, alloc(guest, CD_SIZE << split) | L1CD_V) end
	return (peek64(guest, l1cd) & ADDRESS) + (pasid & (1 << split) - 1) * CD_SIZE
end

local function cd_table_size(guest)
	local split = guest.pasid_bits > 0 and SPLIT[guest.s1fmt] or SPLIT[0]
	if split == SPLIT[0] then return CD_SIZE << guest.pasid_bits end
	return L1CD_SIZE << math.max(guest.pasid_bits - split, 0)
end

-- Write the context descriptor of a PASID: an address space of its own with its ASID.
function Guest:context(pasid, asid)
	local space = self.spaces[pasid] or { ttb = alloc(self, PAGE) }
	space.asid = asid or pasid + 1
	self.spaces[pasid] = space
	self:poke(cd_at(self, pasid), cd_words(space.ttb, space.asid))
	return space
end

-- Clear CD.V.
function Guest:break_context(pasid)
	local at = cd_at(self, pasid)
	poke64(self, at, peek64(self, at) & ~CD_V)
end

-------------------------------------------- the series' interface, raw and cooked ---

local CONFIG = { translate = 1, bypass = 2, abort = 3 }

-- memory = n: the user has only the first n bytes of the structure.
local function cut(options, bytes) return bytes:sub(1, options.memory or #bytes) end

-- struct iommu_pasid_table_config; every member may be given, wrong ones too.
function Guest:table_config(options)
	api.check_options("guest:attach_table", options, api.set("config", "base", "pasid_bits", "s1fmt", "s1dss",
		"argsz", "version", "format", "smmuv3_version", "memory"))
	local config = CONFIG[options.config] or options.config or CONFIG.translate
	return cut(options, ("<I4I4I4I4I8I1I1I2I4I1I1I2I4"):pack(options.argsz or 40, options.version or 1, options.format or 1, 0,
		options.base or self.cd_table, options.pasid_bits or self.pasid_bits, config, 0,
		options.smmuv3_version or 1, options.s1fmt or self.s1fmt, options.s1dss or 2, 0, 0))
end

-- Result of iommu_uapi_attach_pasid_table(): 0 or a negative errno.
function Guest:try_attach_table(options)
	return (api.sim.call("nested.attach_pasid_table", 0, self:table_config(options or {}), self.handle))
end

function Guest:attach_table(options)
	local result = self:try_attach_table(options)
	if result < 0 then raise("attach_pasid_table: %s", api.errno_name(result)) end
end

function Guest:detach_table() must("nested.detach_pasid_table", nil, self.handle) end

local CACHE = { iotlb = 1, dev_iotlb = 2, pasid = 4 }
local GRANULARITY = { domain = 0, pasid = 1, addr = 2 }

-- struct iommu_cache_invalidate_info
local function invalidation(options)
	api.check_options("guest:invalidate", options, api.set("cache", "granularity", "asid", "pasid", "addr",
		"granule", "count", "leaf", "argsz", "version", "flags", "padding", "memory"))
	local cache = CACHE[options.cache] or options.cache or CACHE.iotlb
	local granularity = GRANULARITY[options.granularity] or options.granularity or
		(options.addr and GRANULARITY.addr) or (options.asid and GRANULARITY.pasid) or GRANULARITY.domain
	local flags = options.flags or (options.pasid and 1 or 0) | (options.asid and 2 or 0) | (options.leaf and 4 or 0)
	local head = ("<I4I4I1I1I6"):pack(options.argsz or 56, options.version or 1, cache, granularity,
		options.padding or 0)
	local ids = ("<I4I4i8"):pack(flags, options.asid or 0, options.pasid or 0)
	local range = ("<i8i8i8"):pack(0, 0, 0)
	if granularity == GRANULARITY.addr then
		range = ("<i8i8i8"):pack(options.addr or 0, options.granule or PAGE, options.count or 1)
	end
	return cut(options, head .. ids .. range)
end

function Guest:try_invalidate(options)
	return (api.sim.call("nested.cache_invalidate", 0, invalidation(options or {}), self.handle))
end

-- Without options: everything of the guest. { addr, asid }: pages; { asid }: an address
-- space; { cache = "pasid", pasid, granularity = "pasid" }: a context descriptor.
function Guest:invalidate(options)
	local result = self:try_invalidate(options)
	if result < 0 then raise("cache_invalidate: %s", api.errno_name(result)) end
end

-- 0 or a negative errno.
function Guest:try_bind_msi(giova, gpa, size)
	return (api.sim.call("nested.bind_msi", 0, nil, self.handle, giova, gpa, size or PAGE))
end

function Guest:bind_msi(giova, gpa, size)
	local result = self:try_bind_msi(giova, gpa, size)
	if result < 0 then raise("bind_msi: %s", api.errno_name(result)) end
end

function Guest:unbind_msi(giova) must("nested.unbind_msi", nil, self.handle, giova) end

-- A device's name with room for an answer; the guest's first device if none is given.
local function name_of(guest, device)
	local name = device and device.kernel_name or guest.name
	return name .. ("\0"):rep(64 - #name)
end

local function message(bytes)
	local address, data, irq = ("<i8I4I4"):unpack(bytes)
	return { address = address, data = data, irq = irq }
end

-- The host sets up one MSI for the device: what it writes into the device's registers; or
-- nil and the errno's name.
function Guest:try_compose_msi(device)
	local result, out = api.sim.call("nested.compose_msi", 0, name_of(self, device))
	if result < 0 then return nil, api.errno_name(result) end
	return message(out)
end

function Guest:compose_msi(device)
	local _, out = must("nested.compose_msi", { buf = name_of(self, device) })
	return message(out)
end

-- The interrupt moves to another CPU: the message that the host composes anew.
function Guest:move_msi(cpu, device)
	local _, out = must("nested.move_msi", { buf = name_of(self, device) }, cpu)
	return message(out)
end

function Guest:free_msi(device) must("nested.free_msi", { buf = name_of(self, device) }) end

--------------------------------------------------------------------- devices ---

-- Another device joins the guest: 0 or a negative errno.
function Guest:try_add(device)
	must("nested.unbind_driver", { buf = device.kernel_name .. "\0" })
	local result = api.sim.call("nested.attach", 0, device.kernel_name .. "\0", self.handle)
	if result < 0 then must("nested.bind_driver", { buf = device.kernel_name .. "\0" }) end
	return result
end

function Guest:add(device)
	local result = self:try_add(device)
	if result < 0 then raise("attach %s: %s", device.name, api.errno_name(result)) end
end

-- It leaves the guest for the kernel's own domain and its driver.
function Guest:remove(device)
	must("nested.detach", { buf = device.kernel_name .. "\0" }, self.handle)
	must("nested.bind_driver", { buf = device.kernel_name .. "\0" })
end

-- Host side of stage 2.
function Guest:host_unmap(ipa, size) must("nested.unmap", nil, self.handle, ipa, api.size_of(size or PAGE, "size")) end
function Guest:host_map(ipa, pa, size) must("nested.map", nil, self.handle, ipa, pa, api.size_of(size or PAGE, "size"), 0) end

-- Everything given back: the kernel's own domain, and the device's driver.
function Guest:destroy()
	local name = { buf = self.name .. "\0" }
	if self.handler then must("nested.unregister_fault_handler", name) end
	must("nested.detach", name, self.handle)
	must("nested.destroy", nil, self.handle)
	must("nested.bind_driver", name)
end

----------------------------------------------------------------- construction ---

-- The kernel's largest block is 4 MiB: a larger region is made of several.
local MAX_BLOCK = 4 << 20

local function add_ram(guest, s2)
	for ipa, size in pairs(s2) do
		size = api.size_of(size, "s2")
		guest.first = guest.first or ipa
		guest.pool = guest.pool or ipa + size
		for offset = 0, size - 1, MAX_BLOCK do
			local n = math.min(MAX_BLOCK, size - offset)
			local pa = must("nested.alloc_guest_ram", nil, guest.handle, ipa + offset, n, 0)
			guest.ram[#guest.ram + 1] = { ipa = ipa + offset, size = n, pa = pa }
		end
	end
end

-- Give the device to a guest: stage 2 with guest memory at the IPAs of s2, a table of
-- 2^pasid_bits context descriptors of which PASID 0 (traffic without one) is set up, the
-- guest's fault handler registered unless handler is false, the table attached unless
-- attach is.
function api.Device:nested(options)
	api.check_options("nested", options, api.set("s2", "pasid_bits", "s1fmt", "attach", "handler"))
	local s2 = options.s2
	if type(s2) ~= "table" or #api.sorted_keys(s2) == 0 then
		raise("nested: s2 = { [ipa] = size, ... } is wanted")
	end
	local name = { buf = self.kernel_name .. "\0" }
	local guest = setmetatable({ device = self, name = self.kernel_name, ram = {}, spaces = {},
		pasid_bits = options.pasid_bits or 0, s1fmt = options.s1fmt or 0, handler = options.handler ~= false }, Guest)
	must("nested.unbind_driver", name)
	guest.handle = must("nested.create", name)
	must("nested.attach", name, guest.handle)
	add_ram(guest, s2)
	if guest.handler then must("nested.register_fault_handler", name, 0) end
	guest.cd_table = alloc(guest, cd_table_size(guest))
	guest:context(0)
	if options.attach ~= false then guest:attach_table() end
	return guest
end

------------------------------------------------------------------ expectation ---

local REASONS = { [0] = "UNKNOWN", "PASID_FETCH", "BAD_PASID_ENTRY", "PASID_INVALID", "WALK_EABT", "PTE_FETCH",
	"PERMISSION", "ACCESS", "OOR_ADDRESS" }
local PASID_VALID, ADDR_VALID, FETCH_ADDR_VALID = 1, 2, 4
local UNRECOVERABLE = 1

-- struct iommu_fault as the exerciser sends it on, behind the device's name.
local function parse(text)
	local device, kind, _, reason, flags, pasid, perm, addr, fetch = ("<c32I4I4I4I4I4I4i8i8"):unpack(text)
	return { device = device:match "^[^\0]*", reason = REASONS[reason] or tostring(reason),
		type = kind ~= UNRECOVERABLE and kind or nil,
		fetch_addr = flags & FETCH_ADDR_VALID ~= 0 and fetch or nil,
		pasid = flags & PASID_VALID ~= 0 and pasid or nil, addr = flags & ADDR_VALID ~= 0 and addr or nil,
		perm = (perm & 1 ~= 0 and "r" or "") .. (perm & 2 ~= 0 and "w" or "") .. (perm & 4 ~= 0 and "x" or "") ..
			(perm & 8 ~= 0 and "p" or "") }
end

local function reports()
	local lines = {}
	for _, item in ipairs(api.sim.items "reports") do
		if item.kind == "nested.fault" then
			lines[#lines + 1] = ("  %s  %s"):format(api.us(item.time), api.show(parse(item.text)))
		end
	end
	if #lines == 0 then return nil end
	return "\n" .. table.concat(lines, "\n")
end

-- A fault record reached the guest's handler.
function expect.handler(wanted)
	api.check_options("expect.handler", wanted, api.set("reason", "pasid", "addr", "fetch_addr", "perm", "device"))
	local item = api.find_report("nested.fault", function(text) return api.matches(parse(text), wanted) end)
	if not item then
		raise("expected: the guest's handler gets %s\ncame:%s", api.show(wanted),
		      reports() or " nothing, at " .. api.us(api.sim.now()))
	end
	return parse(item.text)
end

-- Nothing (more) reached the guest's handler.
function expect.no_handler()
	api.sim.run(100 * 1000000)
	local text = reports()
	if text then raise("expected: nothing reaches the guest's handler\ncame:%s", text) end
end
