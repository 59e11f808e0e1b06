namespace EspForge.PinRules.Rules;

/// <summary>RMT: the blocks of memory that the channels share are used up.</summary>
internal sealed class RmtMemory : IPinRule
{
    private const string Source = "ESP-IDF soc/soc_caps.h, SOC_RMT_MEM_WORDS_PER_CHANNEL; docs, RMT memory block sharing";

    public string Id => "PIN029";

    public string Class => "rmt-memory";

    public void Check(PinCheck check)
    {
        var has = check.Chip.Peripherals;
        if (has.RmtChannels == 0)
            return;
        var block = check.Chip.Id is "esp32" or "esp32s2" ? 64 : 48;
        var (sent, received, chains) = (0, 0, 0);
        var (sending, receiving) = (0UL, 0UL);
        var (sender, receiver) = ((PinUse?)null, (PinUse?)null);
        foreach (ref readonly var use in check.Uses)
        {
            var chain = PartWords.IsLedChain(use);
            if (use.Peripheral != PinPeripheral.Rmt && !chain || check.Chip.FindPin(use.Gpio) is null)
                continue;
            var blocks = ((use.Use.RmtSymbols ?? block) + block - 1) / block;
            chains += chain && use.Use.RmtSymbols is null ? 1 : 0;
            if (use.Function.Direction == PinDirection.In)
            {
                (received, receiver) = (received + blocks, use.Use);
                receiving |= PinCheck.Bit(use.Gpio);
            }
            else
            {
                (sent, sender) = (sent + blocks, use.Use);
                sending |= PinCheck.Bit(use.Gpio);
            }
        }

        if (has.RmtChannelsShared)
        {
            Report(check, sent + received, has.RmtChannels, block, chains, sending | receiving, sender ?? receiver, "");
            return;
        }

        Report(check, sent, has.RmtTx, block, chains, sending, sender, "to send ");
        Report(check, received, has.RmtRx, block, 0, receiving, receiver, "to receive ");
    }

    // LED chains without a word about RMT may be driven by SPI as well: for them it is a warning.
    private void Report(PinCheck check, int wanted, int blocks, int size, int chains, ulong pins, PinUse? last, string what)
    {
        if (wanted <= blocks || last is null)
            return;
        var gpios = PinCheck.List(pins);
        check.Report(
            this, wanted - chains > blocks ? PinSeverity.Error : PinSeverity.Warning, gpios,
            $"{string.Join(", ", gpios.Select(gpio => $"GPIO{gpio}"))}: RMT has {blocks} blocks of {size} symbols {what}on {check.Chip.Name}, and these uses need {wanted}. Take fewer symbols, or drive {last.Name} by SPI.",
            Source, null,
            last.RmtSymbols > size ? PinRepair.SetUse($"Take {size} symbols for {last.Name}", last, "rmtSymbols", PinRepair.Number(size)) : new PinRepair($"Take {last.Name} out", new PinChange(PinChangeKind.Remove, last)));
    }
}
