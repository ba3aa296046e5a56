-- SPDX-License-Identifier: MIT
-- SR-IOV: the kernel enables virtual functions, finds them, and its driver drives them.

local m = machine { dts = "virt-pcie-tree", cpus = 2, smmu = { sidsize = 16, ssidsize = 0 } }
local k = kernel { { "6.12", "5.10", "7" } }
local pf = m:device "dma2"
local path = "/bus/pci/devices/" .. pf.kernel_name

local function vf(n) return m:device("dma2vf" .. n) end

case("none is there before the driver asks", function()
	expect.equal(k:sysfs(path .. "/sriov_totalvfs"), "4\n")
	expect.equal(k:sysfs(path .. "/sriov_numvfs"), "0\n")
	for n = 0, 3 do
		expect.equal(vf(n).kernel_name, nil)
		expect.equal(k:sysfs(("/bus/pci/devices/0000:01:00.%d/vendor"):format(n + 1)), nil)
	end
end)

case("more than there are", function()
	expect.error(k:sysfs_write(path .. "/sriov_numvfs", "5"), "ERANGE")
	expect.equal(k:sysfs(path .. "/sriov_numvfs"), "0\n")
end)

case("three appear, with a Requester ID, a StreamID and a driver each", function()
	expect.equal(k:sysfs_write(path .. "/sriov_numvfs", "3"), 1)
	expect.equal(k:sysfs(path .. "/sriov_numvfs"), "3\n")
	for n = 0, 2 do
		local bdf = "0000:01:00." .. n + 1
		expect.equal(vf(n).kernel_name, bdf)
		expect.equal(vf(n).sid, 0x1101 + n)
		expect.equal(k:sysfs("/bus/pci/devices/" .. bdf .. "/vendor"), "0xfa17\n")
		expect.equal(k:sysfs("/bus/pci/devices/" .. bdf .. "/device"), "0x0002\n")
		expect.equal(k:sysfs_link("/bus/pci/devices/" .. bdf .. "/driver"), "/bus/pci/drivers/faultline-dma-test-pci")
		expect.equal(k:sysfs_link("/bus/pci/devices/" .. bdf .. "/physfn"), k:sysfs_link(path))
	end
	expect.equal(vf(3).kernel_name, nil)
end)

case("each has BARs of its own, side by side in the PF's", function()
	local first = vf(0):bar(0)
	for n = 0, 2 do
		local bar = vf(n):bar(0)
		expect.equal(bar.size, 0x1000)
		expect.equal(bar.start, first.start + n * 0x1000)
		expect.equal(vf(n):config_read(0x10, 4), 0, "a VF has no BAR registers")
	end
end)

case("each has an engine, an address space and interrupts", function()
	local buf = {}
	for n = 0, 2 do
		buf[n] = vf(n):map("4K")
		expect.ok(vf(n):fill(buf[n].iova, "4K", n))
	end
	for n = 0, 2 do
		expect.ok(vf(n):driver_transfer { op = "check", src = buf[n].iova, len = 4096, data = n, vector = n })
		expect.equal(vf(n):irq(n).count, 1)
		expect.equal(pf:irq(n).count, 0)
		vf(n):irq_affinity(n, 1)
		vf(n):trigger(n)
		wait "20us"
		expect.equal(vf(n):irq(n).cpu, 1)
	end
	expect.abort(vf(1):write(0x77000, "x"))
	expect.event { "F_TRANSLATION", sid = 0x1102, addr = 0x77000 }
	for n = 0, 2 do buf[n]:free() end
end)

case("another number only after none", function()
	expect.error(k:sysfs_write(path .. "/sriov_numvfs", "2"), "EBUSY")
	expect.equal(k:sysfs(path .. "/sriov_numvfs"), "3\n")
end)

case("they go, and come again", function()
	for i = 1, 3 do
		expect.equal(k:sysfs_write(path .. "/sriov_numvfs", "0"), 1)
		for n = 0, 3 do expect.equal(vf(n).kernel_name, nil) end
		expect.equal(k:sysfs "/bus/pci/devices/0000:01:00.1/vendor", nil)
		expect.equal(k:sysfs_write(path .. "/sriov_numvfs", "4"), 1)
		local buf = vf(3):map("4K")
		expect.ok(vf(3):fill(buf.iova, "4K", i))
		buf:free()
	end
end)

case("a reset of one leaves the others alone", function()
	vf(0):unbind()
	local buf = vf(1):map("4K")
	expect.ok(vf(1):fill(buf.iova, "4K", 1))
	expect.equal(k:sysfs_write("/bus/pci/devices/0000:01:00.1/reset", "1"), 1)
	expect.ok(vf(1):check(buf.iova, "4K", 1))
	vf(0):bind()
	expect.equal(vf(0):irq(0).count, 0)
	buf:free()
end)

case("the driver takes its VFs along when it leaves", function()
	pf:unbind()
	for n = 0, 3 do expect.equal(vf(n).kernel_name, nil) end
	pf:bind()
	expect.equal(k:sysfs(path .. "/sriov_numvfs"), "0\n")
end)
