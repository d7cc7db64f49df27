# The signed-in person's own profile. Users have a name, an address, a role and a plan.
class ProfilesController < ApplicationController
  before_action :require_login

  def show
    render json: current_user.slice(:name, :address)
  end

  def update
    if current_user.update(params.require(:profile).permit!)
      render json: current_user.slice(:name, :address)
    else
      render json: { errors: current_user.errors.full_messages }, status: :unprocessable_entity
    end
  end
end
