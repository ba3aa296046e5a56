-- SPDX-License-Identifier: MIT
-- Page requests (PRI): the device's go to the SMMU's PRI queue, the driver reads them. It
-- has nobody to ask and answers each group with a failure, which turns PRI off.

local m = machine { dts = "virt-pcie-tree", cpus = 2, smmu = { sidsize = 16, ssidsize = 0, priqs = 2 } }
local k = kernel { { "6.12", "5.10", "7" } }
local dev, plain = m:device "dma2", m:device "dma1"

local SUCCESS, FAILURE = 0, 15

local function answers(from, n)
	for _ = 1, 100 do
		if #dev:page_responses() >= from + n then break end
		wait "10us"
	end
	local all, new = dev:page_responses(), {}
	for i = from + 1, #all do new[#new + 1] = all[i] end
	expect.equal(#new, n, "answers")
	return new
end

local function again()
	dev:pri(0)
	dev:pri(32)
end

local status -- offset of the status register

case("off until software turns it on", function()
	local cap = dev:ext_capability(0x13)
	status = cap + 6
	expect.equal(dev:config(cap + 8, 4), 32, "capacity")
	expect.equal(dev:config(status, 2) & 0x103, 0x100, "Stopped")
	expect.error(dev:try_page_request { addr = 0x1000, read = true, last = true }, "EACCES")
	expect.error(plain:try_page_request { addr = 0x1000, read = true, last = true }, "EACCES")
	dev:pri(32)
	expect.equal(dev:config(status, 2) & 0x103, 0)
	expect.equal(dev:config(cap + 12, 4), 32, "allocation")
end)

case("a request that nobody serves is denied", function()
	dev:page_request { addr = 0x123456789000, read = true, last = true, index = 5 }
	local r = answers(0, 1)[1]
	expect.equal(r.index, 5)
	expect.equal(r.code, FAILURE)
	expect.equal(r.automatic, false)
	expect.equal(r.unexpected, false)
	expect.equal(r.ssid, nil)
	expect.log "unexpected PRI request received:"
	expect.log "sid 0x00001100%.0x00000: %[5L%] unprivileged R access at iova 0x0000123456789000"
end)

case("the failure turns page requests off", function()
	expect.equal(dev:config(status, 2) & 0x103, 0x101, "Stopped and Response Failure")
	expect.error(dev:try_page_request { addr = 0x1000, read = true, last = true }, "EACCES")
	again()
	expect.equal(dev:config(status, 2) & 0x103, 0)
end)

case("a group of requests has one answer", function()
	local before = #dev:page_responses()
	dev:page_request { addr = 0x1000, read = true, index = 7 }
	dev:page_request { addr = 0x2000, write = true, index = 7 }
	dev:page_request { addr = 0x3000, read = true, write = true, last = true, index = 7 }
	expect.equal(answers(before, 1)[1].index, 7)
	expect.log "%[7%] unprivileged R access at iova 0x0000000000001000"
	expect.log "%[7%] unprivileged W access at iova 0x0000000000002000"
	expect.log "%[7L%] unprivileged RW access at iova 0x0000000000003000"
	again()
end)

case("no more are outstanding than software has allocated", function()
	dev:pri(0)
	dev:pri(2)
	local before = #dev:page_responses()
	dev:page_request { addr = 0x1000, read = true, index = 1 }
	dev:page_request { addr = 0x2000, read = true, index = 1 }
	expect.error(dev:try_page_request { addr = 0x3000, read = true, last = true, index = 1 }, "EBUSY")
	expect.equal(#answers(before, 0), 0) -- no request was the last of its group
	expect.equal(dev:config(status, 2) & 0x100, 0)
	dev:pri(0)
	expect.equal(dev:config(status, 2) & 0x100, 0, "two are still outstanding")
	expect.equal(dev:flr(), nil)
end)

case("a reset turns it off and forgets what was outstanding", function()
	expect.equal(dev:config(status, 2) & 0x103, 0x100)
	expect.equal(dev:config(status - 2, 2) & 1, 0)
	expect.error(dev:try_page_request { addr = 0x1000, read = true, last = true }, "EACCES")
	dev:unbind()
	dev:bind()
	dev:pri(32)
end)

-- The queue has four entries; the kernel gets its turn when time passes.
case("a full queue: the SMMU answers for what it loses", function()
	local before = #dev:page_responses()
	for i = 1, 4 do dev:page_request { addr = i << 12, read = true, last = true, index = i } end
	dev:page_request { addr = 0x5000, read = true, last = true, index = 5 }
	local r = answers(before, 1)[1]
	expect.equal(r.index, 5)
	expect.equal(r.code, SUCCESS)
	expect.equal(r.automatic, true)
	expect.log "PRIQ overflow detected"
	answers(before, 5)
end)

-- The failure of the first has ended them all.
case("answers that come after the failure are unexpected", function()
	local all = dev:page_responses()
	for i = #all - 2, #all do
		expect.equal(all[i].code, FAILURE)
		expect.equal(all[i].unexpected, true)
	end
	expect.equal(dev:config(status, 2) & 0x103, 0x103, "Unexpected Page Request Group Index, too")
	again()
	expect.equal(dev:config(status, 2) & 0x103, 0, "reset has cleared it")
end)

case("a request whose record is lost", function()
	local before = #dev:page_responses()
	m:fault "smmu.pri-write-abort"
	dev:page_request { addr = 0x1000, read = true, last = true, index = 9 }
	local r = answers(before, 1)[1]
	expect.equal(r.code, FAILURE)
	expect.equal(r.automatic, true)
	expect.log "PRIQ write aborted"
end)

case("virtual functions use their PF's", function()
	again()
	expect.equal(k:sysfs_write("/bus/pci/devices/" .. dev.kernel_name .. "/sriov_numvfs", "2"), 1)
	local vf = m:device "dma2vf1"
	expect.equal(vf:ext_capability(0x13), nil)
	vf:page_request { addr = 0xa000, write = true, last = true, index = 2 }
	wait "1ms"
	expect.log "sid 0x00001102%.0x00000: %[2L%] unprivileged W access at iova 0x000000000000a000"
	expect.equal(#vf:page_responses(), 1)
	expect.equal(vf:page_responses()[1].code, FAILURE)
	expect.equal(dev:config(status, 2) & 0x103, 0x101)
	dev:unbind()
	dev:bind()
end)
