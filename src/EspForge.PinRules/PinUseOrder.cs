namespace EspForge.PinRules;

/// <summary>The one order of a plan's uses: by pin, then by name, then by everything else, so that how a plan was written never matters.</summary>
internal static class PinUseOrder
{
    public static int Compare(PinUse left, PinUse right)
    {
        var byGpio = left.Gpio.CompareTo(right.Gpio);
        if (byGpio != 0)
            return byGpio;
        var byFunction = string.CompareOrdinal(left.Function, right.Function);
        if (byFunction != 0)
            return byFunction;
        var bySignal = string.CompareOrdinal(left.Signal, right.Signal);
        if (bySignal != 0)
            return bySignal;
        var byDirection = Nullable.Compare(left.Direction, right.Direction);
        if (byDirection != 0)
            return byDirection;
        var byPull = Nullable.Compare(left.Pull, right.Pull);
        if (byPull != 0)
            return byPull;
        var byFrequency = Nullable.Compare(left.FrequencyHz, right.FrequencyHz);
        if (byFrequency != 0)
            return byFrequency;
        var byBits = Nullable.Compare(left.ResolutionBits, right.ResolutionBits);
        if (byBits != 0)
            return byBits;
        var byCurrent = Nullable.Compare(left.DriveMilliamps, right.DriveMilliamps);
        if (byCurrent != 0)
            return byCurrent;
        var bySymbols = Nullable.Compare(left.RmtSymbols, right.RmtSymbols);
        return bySymbols != 0 ? bySymbols : Nullable.Compare(left.Hold, right.Hold);
    }
}
