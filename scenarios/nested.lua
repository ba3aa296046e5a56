-- SPDX-License-Identifier: MIT
-- The main job: Linux 6.12 with the series 6.12-smmuv3-nested gives a device to a
-- guest. The host maps stage 2; the guest keeps its context descriptors and
-- stage-1 tables in its own memory; the SMMU walks both.

local m = machine { dts = "virt-pcie", cpus = 2, ram = "256M", smmu = { ril = true, ssidsize = 8 } }
local k = kernel { "6.12", series = "6.12-smmuv3-nested", cmdline = "iommu.strict=1" }

local RAM, SIZE = 0x40000000, "16M" -- the guest's memory, as the guest sees it
local A, B = RAM + 0x1000, RAM + 0x2000 -- two pages of it
local OUTSIDE = 0x80000000 -- an IPA that the host does not map

for _, name in ipairs { "dma0", "dma1" } do
	local dev = m:device(name)
	local guest

	-- All cases but the first work with the guest that the first one makes.
	local function guest_case(what, fn)
		case(name .. ": " .. what, function()
			if not guest then skip "there is no guest: its case failed" end
			fn()
		end)
	end

	case(name .. ": DMA goes through both stages", function()
		guest = dev:nested { s2 = { [RAM] = SIZE }, pasid_bits = 4 }
		guest:map(0x1000, A, "rw")
		guest:map(0x2000, RAM + 0x7000, "rw")
		guest:poke(A, "from the guest")
		expect.data(dev:read(0x1000, 14), "from the guest")
		expect.ok(dev:write(0x1ff8, "across two pages"))
		expect.equal(guest:peek(A + 0xff8, 8), "across t")
		expect.equal(guest:peek(RAM + 0x7000, 8), "wo pages")
		expect.ok(dev:fill(0x1000, "8K", 42))
		expect.ok(dev:check(0x1000, "8K", 42))
	end)

	guest_case("a page that the guest does not map faults to the guest's handler", function()
		expect.abort(dev:read(0x9000, 64))
		expect.event { "F_TRANSLATION", sid = dev.sid, s2 = false, class = "IN", rnw = true, addr = 0x9000 }
		expect.handler { device = dev.kernel_name, reason = "PTE_FETCH", addr = 0x9000, perm = "r" }
	end)

	guest_case("a write to the guest's read-only page faults to the guest's handler", function()
		guest:map(0x3000, A, "r")
		expect.ok(dev:read(0x3000, 8))
		expect.abort(dev:write(0x3010, "no"))
		expect.event { "F_PERMISSION", sid = dev.sid, s2 = false, class = "IN", rnw = false, addr = 0x3010 }
		expect.handler { device = dev.kernel_name, reason = "PERMISSION", addr = 0x3010, perm = "w" }
	end)

	guest_case("an IPA that the host does not map is the host's fault alone", function()
		guest:map(0x4000, OUTSIDE, "rw")
		expect.abort(dev:read(0x4020, 8))
		expect.event { "F_TRANSLATION", sid = dev.sid, s2 = true, class = "IN", addr = 0x4020, ipa = OUTSIDE }
		expect.log "event 0x10 received:"
		expect.no_handler()
	end)

	guest_case("a stage-1 table in an unmapped IPA is the host's fault", function()
		guest:map(0x40000000, A, "rw")
		guest:move_table(0x40000000, 3, OUTSIDE)
		expect.abort(dev:read(0x40000000, 8))
		expect.event { "F_TRANSLATION", sid = dev.sid, s2 = true, class = "TT", addr = 0x40000000, ipa = OUTSIDE }
		expect.no_handler()
	end)

	guest_case("PASIDs have address spaces of their own", function()
		guest:context(3)
		guest:map(0x1000, B, "rw", { pasid = 3 })
		guest:poke(A, "without ")
		guest:poke(B, "PASID 3 ")
		expect.data(dev:read(0x1000, 8), "without ")
		expect.data(dev:read(0x1000, 8, { ssid = 3 }), "PASID 3 ")
		expect.abort(dev:read(0x5000, 8, { ssid = 3 }))
		expect.event { "F_TRANSLATION", sid = dev.sid, ssid = 3, addr = 0x5000 }
		expect.handler { reason = "PTE_FETCH", pasid = 3, addr = 0x5000 }
	end)

	guest_case("a SubstreamID beyond the guest's table reaches the guest's handler", function()
		expect.abort(dev:read(0x1000, 8, { ssid = 16 }))
		expect.event { "C_BAD_SUBSTREAMID", sid = dev.sid, substream = 16 }
		expect.handler { reason = "PASID_INVALID", pasid = 16 }
	end)

	guest_case("a context descriptor that is not valid reaches the guest's handler", function()
		guest:context(5)
		guest:break_context(5)
		expect.abort(dev:read(0x1000, 8, { ssid = 5 }))
		expect.event { "C_BAD_CD", sid = dev.sid, ssid = 5 }
		expect.handler { reason = "BAD_PASID_ENTRY", pasid = 5 }
	end)

	guest_case("a changed page is stale until the guest invalidates its address", function()
		guest:poke(A, "old page")
		guest:poke(B, "new page")
		expect.data(dev:read(0x1000, 8), "old page")
		guest:map(0x1000, B, "rw")
		expect.data(expect.stale(dev:read(0x1000, 8)), "old page")
		guest:invalidate { addr = 0x1000, asid = 1 }
		expect.data(expect.fresh(dev:read(0x1000, 8)), "new page")
	end)

	guest_case("invalidation by ASID, and of the whole domain", function()
		for _, how in ipairs { { asid = 1 }, {} } do
			guest:map(0x1000, A, "rw")
			guest:invalidate(how)
			expect.data(expect.fresh(dev:read(0x1000, 8)), "old page")
			guest:map(0x1000, B, "rw")
			expect.stale(dev:read(0x1000, 8))
			guest:invalidate { asid = 9 } -- of another address space
			expect.stale(dev:read(0x1000, 8))
			guest:invalidate(how)
			expect.data(expect.fresh(dev:read(0x1000, 8)), "new page")
		end
	end)

	guest_case("a range of pages in one request", function()
		guest:map(0x100000, A, "rw", { size = "64K" })
		expect.ok(dev:read(0x100000, "64K"))
		for page = 0, 15 do guest:unmap(0x100000 + page * 0x1000) end
		guest:invalidate { addr = 0x100000, asid = 1, count = 16, leaf = true }
		for page = 0, 15 do
			local addr = 0x100000 + page * 0x1000
			expect.abort(dev:read(addr, 8))
			expect.event { "F_TRANSLATION", sid = dev.sid, addr = addr }
			expect.handler { reason = "PTE_FETCH", addr = addr }
		end
	end)

	guest_case("a changed context descriptor is stale until its PASID is invalidated", function()
		expect.data(dev:read(0x1000, 8, { ssid = 3 }), "new page")
		guest:break_context(3)
		expect.stale(dev:read(0x1000, 8, { ssid = 3 }))
		guest:invalidate { cache = "pasid", granularity = "pasid", pasid = 3 }
		expect.abort(dev:read(0x1000, 8, { ssid = 3 }))
		expect.event { "C_BAD_CD", sid = dev.sid, ssid = 3 }
		expect.handler { reason = "BAD_PASID_ENTRY", pasid = 3 }
	end)

	guest_case("BYPASS leaves stage 2 alone, ABORT lets nothing through", function()
		guest:attach_table { config = "bypass" }
		guest:poke(A, "stage 2 ")
		expect.data(dev:read(A, 8), "stage 2 ")
		expect.abort(dev:read(0x1000, 8))
		expect.event { "F_TRANSLATION", sid = dev.sid, s2 = true, class = "IN", addr = 0x1000 }
		guest:attach_table { config = "abort" }
		expect.abort(dev:read(A, 8))
		expect.no_event()
		expect.no_handler()
		guest:attach_table()
		expect.data(dev:read(0x1000, 8), "new page")
	end)

	guest_case("no change of configuration passes through an invalid entry", function()
		local seen = 0
		for _, c in ipairs(m:commands(function()
			guest:attach_table { config = "bypass" }
			guest:attach_table()
		end)) do
			if c.ste then
				expect.ste(c.ste, { V = 1 })
				seen = seen + 1
			end
		end
		expect.equal(seen > 0, true, "no CMD_CFGI_STE came")
		expect.data(dev:read(0x1000, 8), "new page")
	end)

	guest_case("the host takes a page of stage 2 away", function()
		expect.ok(dev:read(0x1000, 8))
		guest:host_unmap(B)
		expect.abort(dev:read(0x1000, 8))
		expect.event { "F_TRANSLATION", sid = dev.sid, s2 = true, class = "IN", ipa = B }
		expect.no_handler()
		guest:host_map(B, guest:pa(B))
		expect.data(dev:read(0x1000, 8), "new page")
	end)

	guest_case("a context descriptor table in an unmapped IPA is the host's fault", function()
		guest:detach_table()
		guest:attach_table { base = OUTSIDE }
		expect.abort(dev:read(0x1000, 8))
		expect.event { "F_TRANSLATION", sid = dev.sid, s2 = true, class = "CD", ipa = OUTSIDE }
		expect.no_handler()
		guest:detach_table()
		guest:attach_table()
		expect.data(dev:read(0x1000, 8), "new page")
	end)

	guest_case("an MSI goes through the guest's doorbell", function()
		local GIOVA, GPA = 0xfee00000, 0x08020000
		guest:map(GIOVA, GPA, "rw")
		guest:bind_msi(GIOVA, GPA)
		local msi = guest:compose_msi()
		expect.equal(msi.address & ~0xfff, GIOVA)
		expect.ok(dev:write(msi.address, ("<I4"):pack(msi.data)))
		expect.report "nested.msi"
		guest:free_msi()
		guest:unbind_msi(GIOVA)
	end)

	guest_case("what a user may not ask for is refused", function()
		expect.error(guest:try_attach_table(), "EINVAL") -- a table is in place
		guest:detach_table()
		expect.error(guest:try_attach_table { argsz = 35 }, "EINVAL")
		expect.error(guest:try_attach_table { version = 2 }, "EINVAL")
		expect.error(guest:try_attach_table { format = 2 }, "EINVAL")
		expect.error(guest:try_attach_table { config = 4 }, "EINVAL")
		expect.error(guest:try_attach_table { smmuv3_version = 2 }, "EINVAL")
		expect.error(guest:try_attach_table { pasid_bits = 20 }, "EINVAL")
		expect.error(guest:try_invalidate { version = 2 }, "EINVAL")
		expect.error(guest:try_invalidate { granularity = "pasid" }, "EINVAL") -- no ASID
		expect.error(guest:try_invalidate { cache = 0 }, "ENOENT")
	end)

	guest_case("the device goes back to the kernel's own domain and driver", function()
		guest:destroy()
		local buf = dev:alloc("4K")
		expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = 1 })
		expect.ok(dev:check(buf.iova, 4096, 1))
		buf:free()
	end)
end
