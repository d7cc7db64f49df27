using System;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Api;

public static class Authentication
{
    public static void AddPartners(this IServiceCollection services, IConfiguration configuration)
    {
        var key = Encoding.UTF8.GetBytes(configuration["Partners:Key"]!);
        services.AddAuthentication().AddJwtBearer("partners", options =>
        {
            options.TokenValidationParameters = new TokenValidationParameters
            {
                IssuerSigningKey = new SymmetricSecurityKey(key),
                ValidIssuer = configuration["Partners:Issuer"],
                ValidAudience = configuration["Partners:Audience"],
                ClockSkew = TimeSpan.FromSeconds(30),
            };
        });
    }
}
