using EspForge.AspNetCore;

namespace EspForge.Studio;

/// <summary>Tells open pages of a change that is in the audit log, too.</summary>
internal static class StudioEvents
{
    public static void PublishAudited(this EspForgeEvents events, string kind, string organization, string id)
    {
        events.Publish(kind, organization, id);
        events.Publish("audit", organization, "*");
    }
}
