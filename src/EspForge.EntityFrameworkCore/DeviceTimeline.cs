using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>
/// Adds what happened to a device to its timeline. Call it inside the transaction of the change; it is saved with it. Kinds are one word:
/// <c>registered claimed key boot version offer report edited</c>.
/// </summary>
internal static class DeviceTimeline
{
    public static void Add(DbContext context, string organization, string deviceId, DateTimeOffset at, string kind, string text, Guid? rolloutId = null) =>
        context.Add(new DeviceEventRow
        {
            Organization = organization,
            DeviceId = deviceId,
            At = at,
            Kind = kind,
            Text = text.Length <= 500 ? text : text[..499] + "…",
            RolloutId = rolloutId,
        });

    public static void AddVersion(DbContext context, string organization, string deviceId, DateTimeOffset at, string? before, string now) =>
        Add(context, organization, deviceId, at, "version", before is null ? $"First heard of, running {now}." : $"Runs {now}; it ran {before} before.");
}
