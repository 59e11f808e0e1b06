namespace EspForge.Studio;

/// <summary>Settings of the host, section <c>Studio</c>.</summary>
public sealed class StudioOptions
{
    /// <summary>Folder for the database, the keys, the images, the build logs and the virtual devices.</summary>
    /// <value>The default is <c>data</c> under the content root.</value>
    public string DataDirectory { get; set; } = "data";

    /// <summary>Whether a person must give the set-up code to make the first administrator although the host listens on loopback only.</summary>
    /// <value>The default is <see langword="false"/>; on any other address the code is always asked for.</value>
    public bool AlwaysAskSetupCode { get; set; }
}
