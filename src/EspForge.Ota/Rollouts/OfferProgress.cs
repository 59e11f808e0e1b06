namespace EspForge.Ota;

/// <summary>What a report makes of an offer (docs/protocol.md 2.3): a state never goes backwards, and the first terminal one stays.</summary>
public static class OfferProgress
{
    /// <summary>Whether nothing follows this state.</summary>
    public static bool IsTerminal(OfferState state) => state is OfferState.Confirmed or OfferState.Failed or OfferState.RolledBack or OfferState.Rejected or OfferState.Cancelled;

    /// <summary>Whether the state counts as a failure: failed, rolled back or rejected.</summary>
    public static bool IsFailure(OfferState state) => state is OfferState.Failed or OfferState.RolledBack or OfferState.Rejected;

    /// <summary>Whether a device may report the state at all; <see cref="OfferState.Waiting"/> and <see cref="OfferState.Cancelled"/> are the host's own.</summary>
    public static bool IsReportable(OfferState state) => Enum.IsDefined(state) && state is not (OfferState.Waiting or OfferState.Cancelled);

    /// <summary>The state after a report, and whether it is another. Later, repeated and impossible reports change nothing.</summary>
    public static (OfferState State, bool Changed) Next(OfferState current, OfferState reported) =>
        IsTerminal(current) || !IsReportable(reported) || reported <= current ? (current, false) : (reported, true);

    /// <summary>As the other overload, with the download's progress (0–100): within one state it grows and never shrinks; another state brings its own or none.</summary>
    public static (OfferState State, int? Percent, bool Changed) Next(OfferState current, int? percent, OfferState reported, int? reportedPercent)
    {
        var said = reportedPercent is { } p ? Math.Clamp(p, 0, 100) : (int?)null;
        var (state, changed) = Next(current, reported);
        if (changed) return (state, said, true);
        var grows = reported == current && IsReportable(current) && !IsTerminal(current) && said is { } now && now > (percent ?? -1);
        return (current, grows ? said : percent, grows);
    }

    /// <summary>
    /// The member after a report on its offer, or <see langword="null"/> when the report changes nothing. A failure brings its error code (at most 64 characters) and the device's sentence
    /// (at most 256; longer text is cut).
    /// </summary>
    public static RolloutMember? Next(RolloutMember member, OfferReport report, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(report);
        if (!string.Equals(member.OfferId, report.OfferId, StringComparison.Ordinal)) return null;
        var (state, percent, changed) = Next(member.State, member.Percent, report.State, report.Percent);
        if (!changed) return null;
        return member with { State = state, Percent = percent, Error = Cut(report.Error, 64), Detail = Cut(report.Detail, 256), ChangedAt = now };
    }

    private static string? Cut(string? text, int most) => text is null || text.Length <= most ? text : text[..most];
}
