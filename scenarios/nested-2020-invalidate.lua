-- SPDX-License-Identifier: MIT
-- The nested set-up series of 2020 (docs/tutorial-2020.md): what a guest's owner may
-- ask to be invalidated, which commands that becomes, and whether what was asked for
-- is gone. Cases with xfail show defects of the series: docs/findings-2020.md.

local m = machine { dts = "virt-several", cpus = 2, smmu = { ril = true, ssidsize = 8 } }
local k = kernel { { "5.10-nested-2020" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

local RAM, SIZE = 0x40000000, "4M"
local A, B = RAM + 0x1000, RAM + 0x2000
local VMID = 1
local guest

local function guest_case(what, known, fn)
	if fn == nil then known, fn = {}, known end
	case(what, known, function()
		if not guest then skip "there is no guest: its case failed" end
		fn()
	end)
end

case("a guest", function()
	guest = dev:nested { s2 = { [RAM] = SIZE }, pasid_bits = 4 }
	guest:context(3)
	guest:poke(A, "old page")
	guest:poke(B, "new page")
	expect.equal(m:ste(dev.sid).S2VMID, VMID)
end)

local function commands(request)
	return m:commands(function() guest:invalidate(request) end)
end

-- Commands but for CMD_SYNC, of which the series sends more than it has to.
local function without_sync(list)
	local left = {}
	for _, c in ipairs(list) do
		if c.name ~= "CMD_SYNC" then left[#left + 1] = c end
	end
	return left
end

------------------------------------------------------------------- what is asked ---

guest_case("a page: one command with the guest's ASID and the domain's VMID", function()
	local list = commands { addr = 0x1000, asid = 0x33 }
	expect.equal(list[#list].name, "CMD_SYNC")
	expect.commands(without_sync(list), { { "CMD_TLBI_NH_VA", VMID = VMID, ASID = 0x33, Addr = 0x1000, Leaf = 0,
		NUM = 0, SCALE = 0, TG = 1, TTL = 3 } })
end)

guest_case("the leaf flag", function()
	expect.commands(without_sync(commands { addr = 0x1000, asid = 1, leaf = true }), { { "CMD_TLBI_NH_VA", Leaf = 1 } })
end)

guest_case("ranges of pages", function()
	for _, count in ipairs { 2, 31, 32, 33, 512, 513, 0x12345 } do
		local reached = 0
		for _, c in ipairs(without_sync(commands { addr = 0, asid = 1, count = count })) do
			expect.equal(c.name, "CMD_TLBI_NH_VA")
			expect.equal(c.Addr, reached * 0x1000, "a gap, or twice the same")
			reached = reached + (c.NUM + 1 << c.SCALE)
		end
		expect.equal(reached, count, "pages that the commands reach")
	end
end)

guest_case("blocks of 2 MiB and 1 GiB", function()
	expect.commands(without_sync(commands { addr = 0x200000, asid = 1, granule = 2 << 20 }),
		{ { "CMD_TLBI_NH_VA", Addr = 0x200000, TG = 1, TTL = 2, NUM = 0, SCALE = 9 } })
	expect.commands(without_sync(commands { addr = 0x40000000, asid = 1, granule = 1 << 30 }),
		{ { "CMD_TLBI_NH_VA", Addr = 0x40000000, TG = 1, TTL = 1, NUM = 0, SCALE = 18 } })
end)

guest_case("a context descriptor: by PASID, for each StreamID of the domain", function()
	for _, pasid in ipairs { 0, 3, 15 } do
		expect.commands(without_sync(commands { cache = "pasid", granularity = "pasid", pasid = pasid }),
			{ { "CMD_CFGI_CD", SID = dev.sid, SSID = pasid } })
	end
end)

---------------------------------------------------------------- what must be gone ---

-- Change the page at va behind the TLB's back, ask, and see whether it is gone.
local function expect_gone(va, request)
	guest:map(va, A, "rw")
	guest:invalidate { addr = va, asid = 1 }
	expect.data(expect.fresh(dev:read(va, 8)), "old page")
	guest:map(va, B, "rw")
	expect.data(expect.stale(dev:read(va, 8)), "old page")
	guest:invalidate(request)
	expect.data(expect.fresh(dev:read(va, 8)), "new page")
end

guest_case("a page is gone, its neighbours are not", function()
	guest:map(0x2000, A, "rw")
	expect.ok(dev:read(0x2000, 8))
	expect_gone(0x1000, { addr = 0x1000, asid = 1 })
	guest:map(0x2000, B, "rw")
	expect.stale(dev:read(0x2000, 8))
	guest:invalidate { addr = 0x2000, asid = 1 }
end)

guest_case("another ASID's page stays", function()
	guest:map(0x1000, A, "rw")
	guest:invalidate { addr = 0x1000, asid = 1 }
	expect.ok(dev:read(0x1000, 8))
	guest:map(0x1000, B, "rw")
	guest:invalidate { addr = 0x1000, asid = 2 }
	expect.stale(dev:read(0x1000, 8))
end)

guest_case("an address space is gone",
	{ xfail = "IOTLB by PASID: TLBI_NH_ASID is put together and not sent, the result is 0", shows = "stale mapping" },
	function() expect_gone(0x1000, { asid = 1 }) end)

guest_case("a whole domain is gone", { xfail = "IOTLB with DOMAIN granularity is refused: nothing can be dropped at once",
	shows = "cache_invalidate: EINVAL" }, function() expect_gone(0x1000, { granularity = "domain" }) end)

guest_case("TLB and context descriptor in one request",
	{ xfail = "of several caches in one request the first is served, the others not, the result is 0",
	  shows = "CMD_CFGI_CD, SSID = 0x3.*came: none" }, function()
	local list = commands { cache = 1 | 4, granularity = "pasid", asid = 4, pasid = 3, flags = 2 }
	expect.commands(without_sync(list), { { "CMD_TLBI_NH_ASID", ASID = 4 }, { "CMD_CFGI_CD", SSID = 3 } })
end)

guest_case("TLB and ATC in one request: what cannot be done is not passed over",
	{ xfail = "of several caches in one request the first is served, the others not, the result is 0",
	  shows = "expected: ENOENT\ncame: 0" }, function()
	expect.error(guest:try_invalidate { cache = 1 | 2, granularity = "addr", addr = 0x1000, asid = 1 }, "ENOENT")
end)

guest_case("a context descriptor is gone", function()
	guest:map(0x1000, A, "rw", { pasid = 3 })
	expect.ok(dev:read(0x1000, 8, { ssid = 3 }))
	guest:break_context(3)
	expect.stale(dev:read(0x1000, 8, { ssid = 3 }))
	guest:invalidate { cache = "pasid", granularity = "pasid", pasid = 3 }
	expect.abort(dev:read(0x1000, 8, { ssid = 3 }))
	expect.event { "C_BAD_CD", ssid = 3 }
	expect.handler { reason = "BAD_PASID_ENTRY", pasid = 3 }
	guest:context(3)
	guest:invalidate { cache = "pasid", granularity = "pasid", pasid = 3 }
end)

guest_case("a host's page of stage 2 that the TLB holds combined with stage 1",
	{ xfail = "iommu_unmap() of a nested domain sends TLBI_S2_IPA alone: combined entries stay, and the device reaches memory that the guest no longer has",
	  shows = "expected: the transfer is aborted\ncame: .* OK, at" }, function()
	guest:map(0x5000, RAM + 0x5000, "rw")
	expect.ok(dev:write(0x5000, "x"))
	guest:host_unmap(RAM + 0x5000)
	local late = dev:write(0x5000, "y")
	guest:host_map(RAM + 0x5000, guest:pa(RAM + 0x5000))
	guest:invalidate { addr = 0x5000, asid = 1 }
	expect.abort(late)
	expect.event { "F_TRANSLATION", s2 = true }
end)

--------------------------------------------------------- numbers that do not fit ---

guest_case("a range of 16 TiB and more",
	{ xfail = "SCALE has 5 bits: from 2^32 pages on it is cut, and a fraction of the range is invalidated, the result is 0",
	  shows = "stale mapping" }, function() expect_gone(0x100000, { addr = 0, asid = 1, count = 1 << 36 }) end)

guest_case("a range whose size is 2^64 bytes",
	{ xfail = "the product of granule size and count wraps to 0: nothing is invalidated, the result is 0",
	  shows = "stale mapping" }, function() expect_gone(0x1000, { addr = 0, asid = 1, count = 1 << 52 }) end)

guest_case("a range that ends with the address space",
	{ xfail = "the end of the range wraps to 0: nothing is invalidated, the result is 0",
	  shows = "CMD_TLBI_NH_VA.*came: none" }, function()
	expect.commands(without_sync(commands { addr = -0x1000, asid = 1 }), { { "CMD_TLBI_NH_VA", Addr = -0x1000 } })
end)

guest_case("an address that is not a multiple of the granule",
	{ xfail = "the address is cut to its page and the range with it: its end stays", shows = "stale mapping" }, function()
	expect_gone(0x2000, { addr = 0x1800, asid = 1, count = 1 })
end)

guest_case("an ASID of more than 16 bits",
	{ xfail = "archid is cut to 16 bits: another address space is invalidated, the result is 0",
	  shows = "expected: EINVAL\ncame: 0" }, function()
	expect.error(guest:try_invalidate { addr = 0x1000, asid = 0x10033 }, "EINVAL")
end)

guest_case("an ASID with bit 31 set is the guest's, not the host's business",
	{ xfail = "archid becomes a negative int, which means the host's own: TLBI_S2_IPA of a guest's virtual address",
	  shows = "came:\n.*CMD_TLBI_S2_IPA" }, function()
	expect.commands(without_sync(commands { addr = 0x1000, asid = 0x80000001 }), {})
end)

guest_case("an ASID with bit 31 set drops nothing of the host's",
	{ xfail = "archid becomes a negative int, which means the host's own: TLBI_S12_VMALL",
	  shows = "came:\n.*CMD_TLBI_S12_VMALL" }, function()
	expect.commands(without_sync(commands { asid = 0x80000001 }), {})
end)

guest_case("a PASID of more than 20 bits",
	{ xfail = "the PASID is cut to 20 bits: another context descriptor is invalidated, the result is 0",
	  shows = "expected: EINVAL\ncame: 0" }, function()
	expect.error(guest:try_invalidate { cache = "pasid", granularity = "pasid", pasid = 1 << 20 | 3 }, "EINVAL")
end)

guest_case("a PASID beyond the table",
	{ xfail = "the PASID is not compared with the table", shows = "expected: EINVAL\ncame: 0" }, function()
	expect.error(guest:try_invalidate { cache = "pasid", granularity = "pasid", pasid = 16 }, "EINVAL")
end)

for _, granule in ipairs { 64 << 10, 16 << 10 } do
	guest_case(("pages of %d KiB, as the guest may use"):format(granule >> 10),
		{ xfail = "the range goes out with the host's granule, 4 KiB, and level 3: entries of the guest's granule need not go",
		  shows = "TG = 0x%d.*TTL=3 TG=1" }, function()
		expect.commands(without_sync(commands { addr = 0x10000, asid = 1, granule = granule }),
			{ { "CMD_TLBI_NH_VA", TG = granule == 64 << 10 and 3 or 2 } })
	end)
end

guest_case("a block as large as the address space",
	{ xfail = "from 2^48 bytes on the level of the granule is negative and cut to 2 bits",
	  shows = "TTL = 0x0.*TTL=3" }, function()
	expect.commands(without_sync(commands { addr = 0, asid = 1, granule = 1 << 48 }), { { "CMD_TLBI_NH_VA", TTL = 0 } })
end)

guest_case("no granule has size 0", { xfail = "a granule size of 0 is taken: nothing is invalidated, the result is 0",
	shows = "expected: EINVAL\ncame: 0" }, function()
	expect.error(guest:try_invalidate { addr = 0x1000, asid = 1, granule = 0 }, "EINVAL")
end)

guest_case("a granule that is no power of two", { xfail = "any granule size is taken", shows = "expected: EINVAL\ncame: 0" },
	function() expect.error(guest:try_invalidate { addr = 0x1000, asid = 1, granule = 0x3000 }, "EINVAL") end)

guest_case("no request makes a command that the SMMU refuses",
	{ xfail = "granule and count make a range of one page at level 0: CERROR_ILL stops the command queue",
	  shows = "came: .*CMDQ error.*Illegal command" }, function()
	local before = #k:log()
	guest:try_invalidate { addr = 0, asid = 1, granule = 1 << 39 | 1 << 12 }
	for i = before + 1, #k:log() do
		local text = k:log()[i].text
		if text:find "CMDQ error" then expect.equal(text, "nothing", "the driver's log") end
	end
end)

---------------------------------------------------------------------- refusals ---

local function refused(what, request, errno, known)
	guest_case("refused: " .. what, known or {}, function()
		local list = m:commands(function() expect.error(guest:try_invalidate(request), errno or "EINVAL") end)
		expect.commands(list, {})
	end)
end

refused("argsz 0", { argsz = 0 })
refused("argsz one short of the fixed part", { argsz = 15 })
refused("PASID granularity, argsz one short of it", { asid = 1, argsz = 31 })
refused("ADDR granularity, argsz one short of it", { addr = 0, asid = 1, argsz = 55 })
refused("version 0", { version = 0, asid = 1 })
refused("version 2", { version = 2, asid = 1 })
refused("an unknown cache", { cache = 8, asid = 1 })
refused("an unknown cache beside a known one", { cache = 1 | 8, asid = 1 })
refused("an unknown granularity", { granularity = 3, asid = 1 })
refused("padding", { padding = 1, asid = 1 })
refused("an unknown flag of a page", { addr = 0, asid = 1, flags = 8 | 2 })
refused("an unknown flag of a PASID", { asid = 1, flags = 4 | 2 })
refused("IOTLB by PASID without an ASID", { granularity = "pasid" })
refused("IOTLB by PASID and ASID", { granularity = "pasid", asid = 1, pasid = 1 })
refused("a page without an ASID", { addr = 0x1000 })
refused("a page by PASID and ASID", { addr = 0x1000, asid = 1, pasid = 1 })
refused("a page of the PASID cache", { cache = "pasid", granularity = "addr", asid = 1 })
refused("the ATC of a domain", { cache = "dev_iotlb", granularity = "domain" })
refused("the ATC", { cache = "dev_iotlb", granularity = "pasid", pasid = 1 }, "ENOENT")
refused("no cache", { cache = 0 }, "ENOENT")
refused("the PASID cache without a PASID", { cache = "pasid", granularity = "pasid", flags = 0 })
refused("the PASID cache with an ASID in the PASID's place", { cache = "pasid", granularity = "pasid", flags = 2 }, "EINVAL",
	{ xfail = "the flag's test negates before it masks: without the PASID flag, descriptor 0 is invalidated",
	  shows = "expected: EINVAL\ncame: 0" })
refused("no memory", { memory = 0 }, "EFAULT")
refused("memory that ends within the fixed part", { memory = 15 }, "EFAULT")
refused("memory that ends within the range", { addr = 0, asid = 1, memory = 40 }, "EFAULT")
refused("memory that is shorter than argsz", { asid = 1, memory = 32 }, "EFAULT")

guest_case("accepted: argsz that ends with what is used", function()
	guest:invalidate { addr = 0x1000, asid = 1, argsz = 56, memory = 56 }
	guest:invalidate { cache = "pasid", granularity = "pasid", pasid = 0, argsz = 32, memory = 32 }
end)

guest_case("accepted: argsz of a newer user", function() guest:invalidate { addr = 0, asid = 1, argsz = 0xffffffff } end)

guest_case("the PASID cache of a domain, as the structure allows",
	{ xfail = "PASID cache with DOMAIN granularity: not there, -ENOENT", shows = "cache_invalidate: ENOENT" }, function()
	expect.commands(without_sync(commands { cache = "pasid", granularity = "domain" }), { { "CMD_CFGI_CD_ALL" } })
end)

guest_case("requests while stage 1 is bypassed are harmless", function()
	guest:attach_table { config = "bypass" }
	guest:invalidate { addr = 0x1000, asid = 1 }
	guest:invalidate { cache = "pasid", granularity = "pasid", pasid = 3 }
	guest:attach_table()
	guest:map(0x1000, A, "rw")
	guest:invalidate { addr = 0x1000, asid = 1 }
	expect.data(expect.fresh(dev:read(0x1000, 8)), "old page")
end)

guest_case("the same cycle a hundred times sends the same commands", function()
	local function cycle()
		local text = {}
		for _, c in ipairs(m:commands(function()
			guest:attach_table { config = "bypass" }
			guest:attach_table()
			guest:invalidate { addr = 0x1000, asid = 1, count = 16 }
			guest:invalidate { cache = "pasid", granularity = "pasid", pasid = 3 }
		end)) do
			-- A SYNC names its slot in the queue.
			text[#text + 1] = c.name == "CMD_SYNC" and c.name or c.text
		end
		return table.concat(text, "\n")
	end
	local first = cycle()
	for i = 2, 100 do expect.equal(cycle(), first, ("cycle %d"):format(i)) end
end)

guest_case("the device goes back", function()
	guest:destroy()
	local buf = dev:alloc "4K"
	expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = 1 })
	buf:free()
end)
