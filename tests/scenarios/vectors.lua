-- SPDX-License-Identifier: MIT
-- Interrupt vectors: MSI and MSI-X with several messages, each with its own CPU, and
-- what kernel/irq does with them.

local m = machine { dts = "vectors.dts", cpus = 4, smmu = { sidsize = 16 } }
local k = kernel { { "6.12", "5.10", "7" } }
local dev = m:device "dma1"

local function came(vector, before, cpu)
	wait "20us"
	local now = dev:irq(vector)
	expect.equal(now.count, before.count + 1, "interrupts of vector " .. vector)
	expect.equal(now.cpu, cpu, "CPU of vector " .. vector)
end

case("the driver gets MSI-X, a vector for each table entry", function()
	expect.equal(dev:vectors(1, 32, "msix", "msi"), 6)
	local seen = {}
	for v = 0, 5 do
		local irq = dev:irq(v).irq
		expect.equal(seen[irq], nil, "an interrupt number twice")
		seen[irq] = true
	end
end)

case("a descriptor's vector is the one that comes", function()
	local buf = dev:map("4K")
	for v = 0, 5 do
		local before = dev:irq(v)
		expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 256, data = v, vector = v })
		expect.equal(dev:irq(v).count, before.count + 1)
	end
	local total = 0
	for v = 0, 5 do total = total + dev:irq(v).count end
	expect.equal(total, 6, "interrupts in all")
	buf:unmap()
	buf:free()
end)

case("each vector goes to the CPU it is sent to", function()
	for v = 0, 5 do
		local cpu = (v + 1) % 4
		dev:irq_affinity(v, cpu)
		expect.equal(dev:irq(v).effective, 1 << cpu)
		local before = dev:irq(v)
		dev:trigger(v)
		came(v, before, cpu)
	end
end)

case("a moved vector comes on its new CPU, and on no other", function()
	for _, cpu in ipairs { 3, 0, 2, 1 } do
		dev:irq_affinity(2, cpu)
		local before = dev:irq(2)
		dev:trigger(2)
		came(2, before, cpu)
	end
end)

case("what comes while it is disabled is handled when it is enabled", function()
	local before = dev:irq(1)
	dev:irq_disable(1)
	dev:trigger(1)
	wait "20us"
	expect.equal(dev:irq(1).count, before.count)
	dev:irq_enable(1)
	came(1, before, 2)
end)

case("a vector that is moved while it is disabled comes on the new CPU", function()
	local before = dev:irq(3)
	dev:irq_disable(3)
	dev:irq_affinity(3, 1)
	dev:trigger(3)
	wait "20us"
	expect.equal(dev:irq(3).count, before.count)
	dev:irq_enable(3)
	came(3, before, 1)
end)

case("disable nests", function()
	local before = dev:irq(1)
	dev:irq_disable(1)
	dev:irq_disable(1)
	dev:trigger(1)
	dev:irq_enable(1)
	wait "20us"
	expect.equal(dev:irq(1).count, before.count)
	dev:irq_enable(1)
	came(1, before, 2)
end)

case("a threaded handler", function()
	dev:irq_handler(4, "threaded")
	for _ = 1, 3 do
		dev:trigger(4)
		wait "50us"
	end
	expect.equal(dev:irq(4).count, 3)
	expect.equal(dev:irq(4).threaded, 3)
	dev:irq_handler(4, "plain")
end)

case("two handlers share a vector: both look, one takes it", function()
	dev:irq_handler(4, "shared")
	for _ = 1, 2 do
		dev:trigger(4)
		wait "20us"
	end
	expect.equal(dev:irq(4).count, 2)
	expect.equal(dev:irq(4).looks, 2)
	dev:irq_handler(4, "plain")
end)

-- If 99,900 of 100,000 are not taken, the kernel shuts the line off.
case("an interrupt that no handler takes is shut off", function()
	dev:irq_affinity(5, 0) -- each is taken where it is made: none meets another
	dev:irq_handler(5, "deaf")
	dev:trigger(5, 99800)
	wait "50us"
	expect.equal(dev:irq(5).count, 99800)
	expect.equal(dev:irq(5).masked, false)
	dev:trigger(5, 400)
	expect.finding "nobody cared"
	expect.log "Disabling IRQ"
	local before = dev:irq(5)
	expect.equal(before.count > 99900 and before.count <= 100000, true, "how many it took")
	dev:trigger(5, 10)
	wait "50us"
	expect.equal(dev:irq(5).count, before.count)
	expect.equal(dev:irq(5).masked, true)
end)

case("MSI: eight messages, by the low bits of one", function()
	expect.equal(dev:vectors(1, 32, "msi"), 8)
	local first = dev:irq(0).irq
	for v = 0, 7 do
		expect.equal(dev:irq(v).irq, first + v)
		local before = dev:irq(v)
		dev:irq_affinity(v, v % 4)
		dev:trigger(v)
		came(v, before, v % 4)
	end
end)

-- A function with fewer messages than it wants numbers them modulo what it has.
case("MSI with fewer messages than the device has", function()
	expect.equal(dev:vectors(2, 2, "msi"), 2)
	for v = 0, 5 do
		local before = dev:irq(v % 2)
		dev:trigger(v)
		wait "20us"
		expect.equal(dev:irq(v % 2).count, before.count + 1)
	end
end)

case("more than there are", function()
	expect.error(dev:try_vectors(9, 16, "msi"), "ENOSPC")
	expect.error(dev:try_vectors(7, 16, "msix"), "ENOSPC")
end)

-- The last vector is for errors and apart from the spreading.
case("vectors are spread over the CPUs", function()
	expect.equal(dev:vectors(2, 5, "msix", "affinity"), 5)
	local covered = 0
	for v = 0, 3 do
		local mask = dev:irq(v).affinity
		expect.equal(covered & mask, 0, "a CPU that has two vectors")
		covered = covered | mask
		local before = dev:irq(v)
		dev:trigger(v)
		wait "20us"
		local now = dev:irq(v)
		expect.equal(now.count, before.count + 1)
		expect.equal(1 << now.cpu & mask, 1 << now.cpu, "it came outside of its mask")
	end
	expect.equal(covered, 0xf)
	expect.equal(dev:irq(4).affinity, 0xf)
end)

case("the driver leaves its device and takes it again", function()
	dev:unbind()
	dev:bind()
	expect.equal(dev:irq(5).count, 0)
	local before = dev:irq(5)
	dev:trigger(5)
	wait "20us"
	expect.equal(dev:irq(5).count, 1)
end)

case("sysfs tells of the interrupts and the driver", function()
	local path = "/bus/pci/devices/" .. dev.kernel_name
	expect.equal(k:sysfs(path .. "/vendor"), "0xfa17\n")
	expect.equal(k:sysfs_link(path .. "/driver"), "/bus/pci/drivers/faultline-dma-test-pci")
	for v = 0, 5 do
		expect.equal(k:sysfs(("%s/msi_irqs/%d"):format(path, dev:irq(v).irq)), "msix\n")
	end
	local _, why = k:sysfs "/bus/pci/devices/none"
	expect.equal(why, "ENOENT")
end)

case("unbind, driver_override and bind by sysfs", function()
	local driver = "/bus/pci/drivers/faultline-dma-test-pci/"
	local path = "/bus/pci/devices/" .. dev.kernel_name
	expect.equal(k:sysfs_write(driver .. "unbind", dev.kernel_name), #dev.kernel_name)
	expect.equal(k:sysfs_link(path .. "/driver"), nil)
	expect.equal(k:sysfs_write(path .. "/driver_override", "another\n"), 8)
	expect.error(k:sysfs_write(driver .. "bind", dev.kernel_name), "ENODEV")
	k:sysfs_write(path .. "/driver_override", "\n")
	expect.equal(k:sysfs_write(driver .. "bind", dev.kernel_name), #dev.kernel_name)
	expect.equal(k:sysfs_link(path .. "/driver"), "/bus/pci/drivers/faultline-dma-test-pci")
	expect.error(k:sysfs_write(path .. "/vendor", "1"), "EACCES")
end)
